import type { Random } from '../../../prng.js'
import { type Color, darken, lighten } from '../color.js'
import { drawFlower } from '../figures.js'
import { choose } from '../layout.js'
import { dots, flat, linear, stripes } from '../paint.js'
import type { Art, Scene } from '../scene.js'
import { circle, heart, place, polygon, rectangle, reversed, star } from '../shapes.js'
import { stroke } from '../strokes.js'

/** A quilt of sewn patches, each with a printed pattern or an appliqué of its own. */
export const patchwork: Scene = art => {
  const { canvas, palette, random } = art
  canvas.cover(flat(palette.dark))
  split(random, 0, 0, 1, 1, 4 + random.integer(2), (x, y, width, height) => {
    drawPatch(art, x, y, width, height)
  })
}

/** Cuts a rectangle `depth` times across its longer side, not always in the middle. */
function split(
  random: Random,
  x: number,
  y: number,
  width: number,
  height: number,
  depth: number,
  draw: (x: number, y: number, width: number, height: number) => void,
): void {
  if (depth === 0 || Math.max(width, height) < 0.13) {
    draw(x, y, width, height)
    return
  }
  const share = random.between(0.36, 0.64)
  const next = random.chance(0.12) ? Math.max(depth - 2, 0) : depth - 1
  if (width > height * random.between(0.8, 1.25)) {
    split(random, x, y, width * share, height, next, draw)
    split(random, x + width * share, y, width * (1 - share), height, next, draw)
  } else {
    split(random, x, y, width, height * share, next, draw)
    split(random, x, y + height * share, width, height * (1 - share), next, draw)
  }
}

function drawPatch(art: Art, x: number, y: number, width: number, height: number): void {
  const { canvas, palette, random } = art
  const color = choose(random, [...palette.colors, palette.light, palette.ground])
  const [other, third] = [
    choose(random, palette.colors),
    choose(random, [...palette.colors, palette.dark, palette.light]),
  ]
  const patch = rectangle(x, y, width, height)
  const small = Math.min(width, height)
  canvas.fill(linear(lighten(color, 0.15), darken(color, 0.2), x, y, x + width, y + height), patch)
  drawPrint(art, x, y, width, height, color, other)
  if (random.chance(0.55)) drawApplique(art, x + width / 2, y + height / 2, small * random.between(0.28, 0.4), third)
  canvas.fill(
    flat(darken(color, 0.75), 0.45),
    patch,
    reversed(rectangle(x + 0.007, y + 0.007, width - 0.014, height - 0.014)),
  )
  const thread = flat(random.chance(0.5) ? palette.light : palette.dark, 0.9)
  for (let t = 0.03; t < width - 0.03; t += 0.026)
    for (const side of [y + 0.014, y + height - 0.014])
      canvas.fill(thread, stroke([x + t, side, x + t + 0.013, side], 0.005))
  for (let t = 0.03; t < height - 0.03; t += 0.026)
    for (const side of [x + 0.014, x + width - 0.014])
      canvas.fill(thread, stroke([side, y + t, side, y + t + 0.013], 0.005))
}

function drawPrint(art: Art, x: number, y: number, width: number, height: number, color: Color, other: Color): void {
  const { canvas, random } = art
  const patch = rectangle(x, y, width, height)
  const period = random.between(0.02, 0.06)
  const angle = (random.integer(8) * Math.PI) / 8
  const kind = random.integer(7)
  if (kind === 0) canvas.fill(stripes(color, other, angle, period, random.between(0.25, 0.6)), patch)
  if (kind === 1) canvas.fill(dots(color, other, angle, period, random.between(0.4, 0.8)), patch)
  if (kind === 2) {
    canvas.fill(stripes(color, other, angle, period * 1.4, 0.5, 0.55), patch)
    canvas.fill(stripes(color, other, angle + Math.PI / 2, period * 1.4, 0.5, 0.55), patch)
  }
  if (kind === 3) {
    for (let i = 0; i * period < height; i++) {
      const line: number[] = []
      for (let k = 0; k * period * 0.6 <= width; k++)
        line.push(x + k * period * 0.6, y + (i + (k % 2 === 0 ? 0.25 : 0.75)) * period)
      if (line.length > 2) canvas.fill(flat(other), stroke(line, period * 0.3))
    }
  }
  if (kind === 4) {
    canvas.fill(flat(other), [x, y, x + width, y, x + width / 2, y + height / 2])
    canvas.fill(flat(other), [x, y + height, x + width, y + height, x + width / 2, y + height / 2])
  }
  if (kind === 5) {
    for (let i = 0; i < 5; i++) {
      const inset = (i * Math.min(width, height)) / 10
      canvas.fill(
        flat(i % 2 === 0 ? other : color),
        rectangle(x + inset, y + inset, width - 2 * inset, height - 2 * inset),
      )
    }
  }
}

function drawApplique(art: Art, x: number, y: number, size: number, color: Color): void {
  const { canvas, palette, random } = art
  const kind = random.integer(6)
  if (kind === 0) {
    drawFlower(art, x, y, size * 1.1, color, palette.light)
    return
  }
  const shape = [circle, heart, star(5, 0.45), star(8, 0.6), polygon(4)][kind - 1]!
  const contour = place(shape, x, y, size, random.chance(0.3) ? random.between(-0.4, 0.4) : 0)
  canvas.fill(flat(palette.dark, 0.35), place(shape, x + size * 0.06, y + size * 0.1, size))
  canvas.fill(linear(lighten(color, 0.3), darken(color, 0.25), x - size, y - size, x + size, y + size), contour)
  canvas.fill(flat(palette.light, 0.8), place(shape, x, y, size * 0.82), reversed(place(shape, x, y, size * 0.72)))
  canvas.fill(flat(choose(random, palette.colors)), place(shape, x, y, size * 0.4))
}
