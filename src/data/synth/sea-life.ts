import { type Color, darken, lighten, mix } from './color.js'
import { dots, flat, linear, radial, stripes } from './paint.js'
import type { Art } from './scene.js'
import { circle, leaf, place, scaled } from './shapes.js'
import { curl, stroke } from './strokes.js'

/** A fish that looks along `angle`: patterned body, fins, eye. `size` is half of its length. */
export function drawFish(
  art: Art,
  x: number,
  y: number,
  size: number,
  angle: number,
  color: Color,
  other: Color,
): void {
  const { canvas, random } = art
  const tall = random.between(0.42, 0.75)
  const turn = angle - Math.PI / 2
  const flip = Math.cos(angle) < 0 ? -1 : 1
  const fin = darken(other, 0.15)
  const at = (u: number, v: number): [number, number] => [
    x + (Math.cos(angle) * u - Math.sin(angle) * v * flip) * size,
    y + (Math.sin(angle) * u + Math.cos(angle) * v * flip) * size,
  ]
  canvas.fill(flat(fin), [...at(-0.6, 0), ...at(-1.15, -0.5), ...at(-0.98, 0), ...at(-1.15, 0.5)])
  canvas.fill(flat(fin), [...at(-0.4, -tall * 0.6), ...at(0, -tall * 1.25), ...at(0.35, -tall * 0.6)])
  const body = place(leaf(tall), x, y, size * 0.9, turn + Math.PI)
  canvas.fill(linear(darken(color, 0.2), lighten(color, 0.4), ...at(0, -tall), ...at(0, tall)), body)
  const pattern = random.chance(0.6)
    ? stripes(color, other, angle + random.between(-0.2, 0.2), size * random.between(0.28, 0.5), 0.45, 0.75)
    : dots(color, other, angle, size * random.between(0.25, 0.4), 0.55, 0.75)
  canvas.fill(pattern, scaled(body, 0.84))
  canvas.fill(flat(fin, 0.9), [...at(0.1, 0.1), ...at(-0.35, 0.35), ...at(-0.3, 0)])
  const [ex, ey] = at(0.55, -0.1)
  canvas.fill(flat([250, 250, 245]), place(circle, ex, ey, size * 0.14))
  canvas.fill(flat([25, 25, 35]), place(circle, ex, ey, size * 0.08))
}

/** A jellyfish: a glowing bell with trailing arms. */
export function drawJelly(art: Art, x: number, y: number, size: number, color: Color, light: Color): void {
  const { canvas, random } = art
  for (let i = -3; i <= 3; i++) {
    const arm = curl(random, x + i * size * 0.24, y, Math.PI / 2 + i * 0.06, size * random.between(1.4, 2.2), 1.6, 8)
    canvas.fill(flat(mix(color, light, 0.45), 0.75), stroke(arm, size * 0.14, 'taper'))
  }
  canvas.glow(x, y - size * 0.3, size * 1.7, light, 0.4)
  const bell = circle.map((value, i) => (i % 2 === 0 ? x + value * size : y + Math.min(value, 0.12) * size))
  canvas.fill(radial(lighten(color, 0.6), color, x - size * 0.3, y - size * 0.5, size * 1.2), bell)
  for (const u of [-0.45, 0, 0.45])
    canvas.fill(flat(light, 0.6), place(circle, x + u * size, y - size * 0.38, size * 0.13))
}

/** A fan of coral branches with bright tips, rooted at (x, y). */
export function drawCoral(art: Art, x: number, y: number, color: Color): void {
  const { canvas, random } = art
  for (let i = 0; i < 7; i++) {
    const angle = -Math.PI / 2 + (i - 3) * 0.28
    const line = curl(random, x, y, angle, random.between(0.08, 0.17), 0.7, 6)
    canvas.fill(flat(darken(color, 0.08 * Math.abs(i - 3))), stroke(line, 0.018))
    const end = line.length - 2
    canvas.fill(flat(lighten(color, 0.45)), place(circle, line[end]!, line[end + 1]!, 0.011))
  }
}
