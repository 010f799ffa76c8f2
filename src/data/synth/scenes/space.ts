import { type Color, colorRamp, darken, lighten, mix } from '../color.js'
import { choose, scatter } from '../layout.js'
import { GradientNoise, noiseMap } from '../noise.js'
import { flat, linear, radial, stripes } from '../paint.js'
import type { Canvas } from '../raster.js'
import type { Art, Scene } from '../scene.js'
import { blob, circle, leaf, place, star } from '../shapes.js'
import { curl, stroke } from '../strokes.js'

/** Planets, ringed and cratered, comets, rockets and stars before glowing nebulae. */
export const space: Scene = art => {
  const { canvas, palette, random } = art
  drawNebula(art)
  for (let i = 0; i < 130; i++) {
    const size = random.between(0.003, 0.008) * (random.chance(0.12) ? 3 : 1)
    const color = lighten(choose(random, palette.colors), 0.6)
    canvas.fill(
      flat(color),
      place(star(4, 0.3), random.uniform(), random.uniform(), size, random.chance(0.2) ? 0.78 : 0),
    )
  }
  for (const { x, y } of scatter(random, 20 + random.integer(14), random.between(0.15, 0.2))) {
    const kind = random.integer(8)
    if (kind === 0) drawComet(art, x, y)
    else if (kind === 1) drawRocket(art, x, y)
    else if (kind === 2) drawRock(art, x, y)
    else drawPlanet(art, x, y, random.between(0.03, 0.1))
  }
}

function drawNebula(art: Art): void {
  const { canvas, palette, random } = art
  const { size, pixels } = canvas
  const clouds = noiseMap(new GradientNoise(random), size, random.between(2, 3.5), 5, 0.55)
  const hues = noiseMap(new GradientNoise(random), size, random.between(2.5, 4), 2)
  const night = darken(palette.dark, 0.5)
  const ramp = colorRamp([...palette.colors, palette.colors[0]!])
  for (let at = 0; at < size * size; at++) {
    const ridge = 1 - Math.abs(clouds[at]!) * 1.6
    const glow = ridge > 0 ? ridge * ridge * 0.85 : 0
    const entry = Math.floor(Math.min(Math.max(hues[at]! * 0.6 + 0.5, 0), 0.999) * 256) * 3
    for (let channel = 0; channel < 3; channel++) {
      pixels[at * 3 + channel] = night[channel]! + (ramp[entry + channel]! - night[channel]!) * glow
    }
  }
}

function drawPlanet(art: Art, x: number, y: number, size: number): void {
  const { canvas, palette, random } = art
  const color = choose(random, palette.colors)
  const other = choose(random, [...palette.colors, palette.light])
  const tilt = random.between(-0.6, 0.6)
  const disc = place(circle, x, y, size)
  const ringed = random.chance(0.3)
  const ring = (half: 0 | 1) => {
    const line: number[] = []
    for (let i = 0; i <= 16; i++) {
      const t = Math.PI * (half + i / 16)
      const [u, v] = [Math.cos(t) * 1.75, Math.sin(t) * 0.45]
      line.push(
        x + (Math.cos(tilt) * u - Math.sin(tilt) * v) * size,
        y + (Math.sin(tilt) * u + Math.cos(tilt) * v) * size,
      )
    }
    canvas.fill(flat(lighten(other, 0.2), 0.9), stroke(line, size * 0.22))
    canvas.fill(flat(darken(other, 0.4), 0.8), stroke(line, size * 0.05))
  }
  canvas.glow(x, y, size * 1.7, lighten(color, 0.3), 0.5)
  if (ringed) ring(1)
  canvas.fill(flat(color), disc)
  const skin = random.integer(3)
  if (skin === 0) {
    canvas.fill(
      stripes(color, other, tilt + Math.PI / 2, size * random.between(0.4, 0.8), random.between(0.3, 0.6), 0.8),
      disc,
    )
  } else {
    for (let i = 0; i < 7; i++) {
      const angle = random.between(0, 6.3)
      const far = Math.sqrt(random.uniform()) * 0.72
      const spot = size * random.between(0.1, 0.26)
      const shape = skin === 1 ? circle : blob(random, 0.25)
      const contour = place(shape, x + Math.cos(angle) * far * size, y + Math.sin(angle) * far * size, spot)
      canvas.fill(
        linear(darken(color, 0.35), skin === 1 ? lighten(color, 0.2) : other, x - size, y - size, x + size, y + size),
        contour,
      )
    }
  }
  shadeBall(canvas, disc, x, y, size, color)
  if (ringed) ring(0)
}

/** Light from the top left on a ball: its far side in the dark, a highlight on the near one. */
function shadeBall(canvas: Canvas, disc: readonly number[], x: number, y: number, size: number, color: Color): void {
  const night: Color = [10, 6, 24]
  canvas.fill(radial(lighten(color, 0.35), night, x - size * 0.4, y - size * 0.4, size * 1.6, 0.55), disc)
  canvas.glow(x - size * 0.4, y - size * 0.4, size * 0.6, [255, 255, 255], 0.55)
}

function drawComet(art: Art, x: number, y: number): void {
  const { canvas, palette, random } = art
  const color = lighten(choose(random, palette.colors), 0.4)
  const angle = random.between(0, 6.3)
  for (const [width, alpha] of [
    [0.04, 0.35],
    [0.022, 0.5],
    [0.01, 0.8],
  ] as const) {
    canvas.fill(
      flat(mix(color, palette.light, alpha), alpha),
      stroke(curl(random, x, y, angle, 0.2, 0.3, 8), width, 'taper'),
    )
  }
  canvas.glow(x, y, 0.045, palette.light, 1)
  canvas.fill(flat(palette.light), place(circle, x, y, 0.013))
}

function drawRocket(art: Art, x: number, y: number): void {
  const { canvas, palette, random } = art
  const size = random.between(0.05, 0.085)
  const angle = random.between(0, 6.3)
  const color = choose(random, palette.colors)
  const part = (shape: readonly number[], paint = flat(color)) => canvas.fill(paint, place(shape, x, y, size, angle))
  part([-0.2, 0.8, 0, 1.7, 0.2, 0.8], flat(lighten(choose(random, palette.colors), 0.4)))
  part([-0.25, 0.2, -0.65, 0.95, 0, 0.75, 0.65, 0.95, 0.25, 0.2], flat(darken(color, 0.3)))
  const dx = Math.cos(angle) * size * 0.4
  const dy = Math.sin(angle) * size * 0.4
  part(leaf(0.38), linear(palette.light, mix(palette.light, palette.dark, 0.45), x - dx, y - dy, x + dx, y + dy))
  part([-0.2, -0.62, 0, -1.02, 0.2, -0.62])
  part(place(circle, 0, -0.2, 0.2), flat(palette.dark))
  part(place(circle, 0, -0.2, 0.13), flat(lighten(color, 0.4)))
}

function drawRock(art: Art, x: number, y: number): void {
  const { canvas, palette, random } = art
  for (let i = 0; i < 5; i++) {
    const px = x + random.between(-0.09, 0.09)
    const py = y + random.between(-0.09, 0.09)
    const size = random.between(0.015, 0.04)
    const color = mix(choose(random, palette.colors), palette.dark, random.between(0, 0.4))
    canvas.fill(
      linear(lighten(color, 0.4), darken(color, 0.6), px - size, py - size, px + size, py + size),
      place(blob(random, 0.3), px, py, size),
    )
    canvas.fill(flat(darken(color, 0.5), 0.7), place(circle, px + size * 0.2, py - size * 0.1, size * 0.25))
  }
}
