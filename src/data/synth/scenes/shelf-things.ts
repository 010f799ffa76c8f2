import { type Color, darken, lighten } from '../color.js'
import { drawFlower, drawLeaf } from '../figures.js'
import { choose } from '../layout.js'
import { dots, flat, linear, radial, stripes } from '../paint.js'
import type { Art } from '../scene.js'
import { circle, heart, place, polar, rectangle, star } from '../shapes.js'

/** Draws a thing that stands on (x, y), `width` wide and at most `height` high. */
type Thing = (art: Art, x: number, y: number, width: number, height: number) => void

const books: Thing = (art, x, y, width, height) => {
  const { canvas, palette, random } = art
  const end = x + width
  for (let left = x; left < end; ) {
    const thick = height * random.between(0.09, 0.2)
    const tall = height * random.between(0.6, 0.95)
    const lean = random.chance(0.12) ? thick * 0.8 : 0
    const color = choose(random, palette.colors)
    const band = random.chance(0.5) ? palette.light : choose(random, palette.colors)
    const slab = (from: number, to: number) => {
      const [foot, head] = [left + lean * from, left + lean * to]
      const [low, high] = [y - tall * from, y - tall * to]
      return [foot, low, foot + thick, low, head + thick, high, head, high]
    }
    canvas.fill(linear(lighten(color, 0.25), darken(color, 0.35), left, y, left + thick, y), slab(0, 1))
    if (random.chance(0.8)) for (const at of [0.12, 0.78]) canvas.fill(flat(band, 0.9), slab(at, at + 0.06))
    if (random.chance(0.5))
      canvas.fill(flat(band, 0.9), place(circle, left + thick / 2 + lean / 2, y - tall * 0.5, thick * 0.28))
    left += thick + lean * 0.6
  }
}

const vase: Thing = (art, x, y, width, height) => {
  const { canvas, palette, random } = art
  const color = choose(random, palette.colors)
  const middle = x + width / 2
  const size = height * random.between(0.2, 0.26)
  const body = place(
    polar(40, t => 0.95 - 0.22 * Math.cos(2 * t)),
    middle,
    y - size,
    size,
    0,
    random.between(0.75, 1.1),
  )
  for (let i = 0; i < 5; i++) {
    const angle = -Math.PI / 2 + (i - 2) * 0.38 + random.between(-0.1, 0.1)
    const reach = height * random.between(0.3, 0.48)
    const [fx, fy] = [middle + Math.cos(angle) * reach, y - size * 1.8 + Math.sin(angle) * reach]
    drawLeaf(canvas, middle, y - size * 1.7, reach, angle + 0.25, 0.25, darken(choose(random, palette.colors), 0.2))
    canvas.fill(flat(palette.dark), [middle - 0.003, y - size * 1.7, middle + 0.003, y - size * 1.7, fx, fy])
    drawFlower(art, fx, fy, height * random.between(0.09, 0.14), choose(random, palette.colors), palette.light)
  }
  canvas.fill(radial(lighten(color, 0.55), darken(color, 0.35), middle - size * 0.4, y - size * 1.3, size * 1.6), body)
  canvas.fill(stripes(color, palette.light, Math.PI / 2, size * 0.4, 0.35, 0.5), body)
}

const pot: Thing = (art, x, y, width, height) => {
  const { canvas, palette, random } = art
  const color = choose(random, palette.colors)
  const leafColor = choose(random, palette.colors)
  const middle = x + width / 2
  const top = y - height * 0.3
  const half = Math.min(width * 0.4, height * 0.25)
  const leafWidth = random.between(0.15, 0.5)
  for (let i = 0; i < 9; i++) {
    const angle = -Math.PI / 2 + (i - 4) * 0.27
    const tone = i % 2 === 0 ? leafColor : darken(leafColor, 0.3)
    drawLeaf(canvas, middle, top, height * random.between(0.4, 0.62), angle, leafWidth, tone)
  }
  const clay = linear(lighten(color, 0.3), darken(color, 0.4), middle - half, y, middle + half, y)
  canvas.fill(clay, [middle - half, top, middle + half, top, middle + half * 0.7, y, middle - half * 0.7, y])
  canvas.fill(flat(darken(color, 0.25)), rectangle(middle - half * 1.1, top - height * 0.02, half * 2.2, height * 0.07))
}

const box: Thing = (art, x, y, width, height) => {
  const { canvas, palette, random } = art
  const color = choose(random, palette.colors)
  const other = choose(random, [...palette.colors, palette.light])
  const tall = height * random.between(0.35, 0.75)
  const face = rectangle(x, y - tall, width, tall)
  canvas.fill(flat(color), face)
  const print = random.chance(0.5) ? stripes : dots
  canvas.fill(print(color, other, random.integer(4) * 0.785, height * random.between(0.1, 0.2), 0.5), face)
  canvas.fill(linear(palette.light, palette.dark, x, y - tall, x + width, y, 0.22), face)
  canvas.fill(flat(darken(color, 0.35)), rectangle(x - width * 0.03, y - tall, width * 1.06, tall * 0.16))
  canvas.fill(
    flat(palette.light),
    place(choose(random, [circle, heart, star(5, 0.45)]), x + width / 2, y - tall * 0.42, Math.min(width, tall) * 0.2),
  )
}

const ball: Thing = (art, x, y, width) => {
  const { canvas, palette, random } = art
  const color = choose(random, palette.colors)
  const size = width / 2
  const [cx, cy] = [x + size, y - size]
  const disc = place(circle, cx, cy, size)
  canvas.fill(radial(lighten(color, 0.5), darken(color, 0.4), cx - size * 0.35, cy - size * 0.4, size * 1.5), disc)
  const print = random.chance(0.5) ? stripes : dots
  canvas.fill(print(color, choose(random, palette.colors), random.between(0, 3), size * 0.6, 0.45, 0.7), disc)
  canvas.glow(cx - size * 0.35, cy - size * 0.4, size * 0.5, [255, 255, 255], 0.8)
}

const clock: Thing = (art, x, y, width) => {
  const { canvas, palette, random } = art
  const size = width / 2
  const [cx, cy] = [x + size, y - size * 1.05]
  const color = choose(random, palette.colors)
  canvas.fill(linear(lighten(color, 0.3), darken(color, 0.4), x, y - width, x + width, y), place(circle, cx, cy, size))
  canvas.fill(flat(palette.light), place(circle, cx, cy, size * 0.8))
  for (let hour = 0; hour < 12; hour++)
    canvas.fill(flat(palette.dark), place(rectangle(-0.04, -0.74, 0.08, 0.16), cx, cy, size, (hour * Math.PI) / 6))
  canvas.fill(flat(palette.dark), place(rectangle(-0.05, -0.62, 0.1, 0.7), cx, cy, size, random.between(0, 6.3)))
  canvas.fill(flat(darken(color, 0.3)), place(rectangle(-0.07, -0.42, 0.14, 0.5), cx, cy, size, random.between(0, 6.3)))
}

const frame: Thing = (art, x, y, width, height) => {
  const { canvas, palette, random } = art
  const tall = Math.min(height * 0.85, width * 1.2)
  const sky: Color = choose(random, palette.colors)
  canvas.fill(
    linear(lighten(palette.dark, 0.2), darken(palette.dark, 0.4), x, y - tall, x + width, y),
    rectangle(x, y - tall, width, tall),
  )
  const [left, top, w, h] = [x + width * 0.1, y - tall * 0.92, width * 0.8, tall * 0.84]
  canvas.fill(linear(lighten(sky, 0.5), sky, 0, top, 0, top + h), rectangle(left, top, w, h))
  canvas.fill(
    flat(lighten(choose(random, palette.colors), 0.4)),
    place(circle, left + w * random.between(0.25, 0.75), top + h * 0.3, w * 0.14),
  )
  for (const [from, high] of [
    [0, 0.6],
    [0.35, 0.45],
  ] as const) {
    canvas.fill(flat(darken(choose(random, palette.colors), 0.2)), [
      left + w * from,
      top + h,
      left + w * (from + 0.3),
      top + h * (1 - high),
      left + w * Math.min(from + 0.65, 1),
      top + h,
    ])
  }
}

/** What may stand on a shelf, with its width in units of the shelf's height; books most often. */
export const things: readonly (readonly [number, Thing])[] = [
  [0.9, books],
  [0.7, books],
  [1.2, books],
  [0.6, vase],
  [0.65, pot],
  [0.6, box],
  [0.4, ball],
  [0.55, clock],
  [0.7, frame],
]
