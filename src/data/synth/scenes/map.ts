import { type Color, colorRamp, darken, lighten } from '../color.js'
import { choose, scatter } from '../layout.js'
import { fractalNoise, GradientNoise, noiseMap } from '../noise.js'
import { flat } from '../paint.js'
import type { Palette } from '../palette.js'
import type { Canvas } from '../raster.js'
import type { Art, Scene } from '../scene.js'
import { circle, place, rectangle } from '../shapes.js'
import { spline, stroke } from '../strokes.js'
import { drawCompass, drawSymbol } from './map-symbols.js'

/** A map of islands: heights in tints with contour lines, roads, towns, woods, mountains, dotted sea routes, a compass. */
export const map: Scene = art => {
  const { canvas, palette, random } = art
  const noise = new GradientNoise(random)
  const cells = random.between(2.2, 4)
  const heights = noiseMap(noise, canvas.size, cells, 4)
  const sea = random.between(-0.2, 0.05)
  paintHeights(art, heights, sea)
  drawGraticule(canvas, palette)
  const roadColor = random.chance(0.5) ? palette.light : darken(choose(random, palette.colors), 0.5)
  for (let i = 4 + random.integer(4); i > 0; i--) drawRoad(art, roadColor)
  for (const { x, y } of scatter(random, 130, 0.055)) {
    drawSymbol(art, x, y, fractalNoise(noise, x, y, cells, 4) - sea, noise.at(x * 3 + 20, y * 3))
  }
  drawCompass(art)
}

/** Tints by height, lit from the top left, with dark contour lines. */
function paintHeights(art: Art, heights: Float32Array, sea: number): void {
  const { canvas, palette, random } = art
  const { size, pixels } = canvas
  const [water, a, b, c] = random.shuffle([...palette.colors]) as [Color, Color, Color, Color]
  const deep = darken(water, 0.25)
  const tints = [
    deep,
    water,
    lighten(water, 0.3),
    palette.light,
    a,
    lighten(a, 0.3),
    b,
    lighten(b, 0.35),
    c,
    lighten(c, 0.4),
  ]
  const ramp = colorRamp(
    tints.flatMap(tint => [tint, tint]),
    512,
  )
  const line = darken(palette.dark, 0.2)
  const interval = random.between(0.07, 0.12)
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      const height = heights[at]! - sea
      const right = x + 1 < size ? heights[at + 1]! : heights[at]!
      const below = y + 1 < size ? heights[at + size]! : heights[at]!
      const gx = (right - heights[at]!) * size
      const gy = (below - heights[at]!) * size
      const entry = Math.floor(Math.min(Math.max(0.33 + height * 0.5, 0), 0.999) * 512) * 3
      const light = height > 0 ? Math.min(Math.max(1 + (gx + gy) * 0.02, 0.75), 1.25) : 1
      const step = height / interval
      const slope = (Math.sqrt(gx * gx + gy * gy) / size / interval) * 1.1 + 1e-4
      const distance = Math.abs(step - Math.round(step)) / slope
      const ink = distance < 1 ? (1 - distance) * (height < 0 ? 0.18 : 0.5) : 0
      for (let channel = 0; channel < 3; channel++) {
        const tint = ramp[entry + channel]! * light
        pixels[at * 3 + channel] = tint + (line[channel]! - tint) * ink
      }
    }
  }
}

function drawGraticule(canvas: Canvas, palette: Palette): void {
  for (let i = 1; i < 8; i++) {
    canvas.fill(flat(palette.dark, 0.2), rectangle(i / 8 - 0.0015, 0, 0.003, 1))
    canvas.fill(flat(palette.dark, 0.2), rectangle(0, i / 8 - 0.0015, 1, 0.003))
  }
}

function drawRoad(art: Art, color: Color): void {
  const { canvas, palette, random } = art
  const points: number[] = []
  let x = random.uniform()
  let y = random.uniform()
  let angle = random.between(0, 6.3)
  for (let i = 0; i < 6; i++) {
    points.push(x, y)
    angle += random.between(-0.7, 0.7)
    x += Math.cos(angle) * 0.16
    y += Math.sin(angle) * 0.16
  }
  const line = spline(points, 8)
  if (random.chance(0.4)) {
    for (let i = 0; i < line.length; i += 2) canvas.fill(flat(color), place(circle, line[i]!, line[i + 1]!, 0.006))
    return
  }
  canvas.fill(flat(palette.dark, 0.8), stroke(line, 0.018))
  canvas.fill(flat(color), stroke(line, 0.011))
}
