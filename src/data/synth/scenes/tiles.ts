import { type Color, darken, lighten } from '../color.js'
import { bucket, choose, chooseSome } from '../layout.js'
import { GradientNoise } from '../noise.js'
import { flat, linear } from '../paint.js'
import type { Canvas } from '../raster.js'
import type { Art, Scene } from '../scene.js'
import { circle, flower, place, polar, polygon, reversed, star } from '../shapes.js'
import { stroke } from '../strokes.js'

/** Draws the ornament of one tile: centre, half of its edge, turn, colours. */
type Ornament = (canvas: Canvas, x: number, y: number, half: number, angle: number, a: Color, b: Color) => void

/** A point of a tile's own coordinates (-1 .. 1) in the picture. */
const corner = (x: number, y: number, half: number, angle: number, u: number, v: number): [number, number] => [
  x + (Math.cos(angle) * u - Math.sin(angle) * v) * half,
  y + (Math.sin(angle) * u + Math.cos(angle) * v) * half,
]

/** A quarter of a disc or ring around the tile's corner, radii in halves of the edge. */
function quarter(x: number, y: number, half: number, angle: number, outer: number, inner: number): number[] {
  const points: number[] = []
  for (let i = 0; i <= 12; i++) {
    const t = (i / 12) * (Math.PI / 2)
    points.push(...corner(x, y, half, angle, -1 + outer * Math.cos(t), -1 + outer * Math.sin(t)))
  }
  for (let i = 12; i >= 0; i--) {
    const t = (i / 12) * (Math.PI / 2)
    points.push(...corner(x, y, half, angle, -1 + inner * Math.cos(t), -1 + inner * Math.sin(t)))
  }
  return points
}

const ornaments: readonly Ornament[] = [
  (canvas, x, y, half, angle, a) => {
    canvas.fill(flat(a), quarter(x, y, half, angle, 1.3, 0.7))
    canvas.fill(flat(a), quarter(x, y, half, angle + Math.PI, 1.3, 0.7))
  },
  (canvas, x, y, half, angle, a, b) => {
    for (let i = 4; i > 0; i--) canvas.fill(flat(i % 2 === 0 ? a : b), quarter(x, y, half, angle, i * 0.48, 0))
  },
  (canvas, x, y, half, angle, a) => {
    const at = (u: number, v: number) => corner(x, y, half, angle, u, v)
    canvas.fill(flat(a), [...at(-1, -1), ...at(1, -1), ...at(-1, 1)])
  },
  (canvas, x, y, half, angle, a, b) => {
    canvas.fill(flat(a), place(star(8, 0.62), x, y, half * 0.95, angle))
    canvas.fill(flat(b), place(star(8, 0.5), x, y, half * 0.5, angle))
  },
  (canvas, x, y, half, angle, a, b) => {
    canvas.fill(flat(a), place(flower(4, 0.75), x, y, half * 1.15, angle + Math.PI / 4))
    canvas.fill(flat(b), place(circle, x, y, half * 0.3))
  },
  (canvas, x, y, half, angle, a, b) => {
    canvas.fill(flat(a), place(polygon(4), x, y, half, angle))
    canvas.fill(flat(b), place(polygon(4), x, y, half * 0.55, angle + Math.PI / 4))
  },
  (canvas, x, y, half, angle, a, b) => {
    const at = (u: number, v: number) => corner(x, y, half, angle, u, v)
    for (const v of [-0.6, 0, 0.6])
      canvas.fill(
        flat(v === 0 ? b : a),
        stroke([...at(-1, v - 0.15), ...at(0, v + 0.25), ...at(1, v - 0.15)], half * 0.28),
      )
  },
  (canvas, x, y, half, angle, a, b) => {
    canvas.fill(flat(a), place(circle, x, y, half * 0.88), reversed(place(circle, x, y, half * 0.6)))
    canvas.fill(
      flat(b),
      place(
        polar(24, t => 0.5 + 0.3 * Math.cos(3 * t)),
        x,
        y,
        half * 0.7,
        angle,
      ),
    )
  },
]

/** A tiled wall: a few ornaments, each ruling some regions, some tiles turned, odd, sunken or gone. */
export const tiles: Scene = art => {
  const { canvas, palette, random } = art
  const grout = random.chance(0.5) ? darken(palette.ground, 0.5) : lighten(palette.ground, 0.6)
  canvas.cover(flat(grout))
  const count = 6 + random.integer(7)
  const chosen = chooseSome(random, ornaments, 2 + random.integer(4))
  const colors = chooseSome(random, palette.colors, 4)
  const noise = new GradientNoise(random)
  const shifted = random.chance(0.35)
  const scale = 2.6 + random.uniform()
  for (let row = 0; row < count; row++) {
    for (let column = shifted ? -1 : 0; column < count; column++) {
      const x = (column + 0.5 + (shifted && row % 2 === 1 ? 0.5 : 0)) / count
      const y = (row + 0.5) / count
      const kind = bucket(noise.at(x * scale, y * scale), chosen.length)
      const tone = bucket(noise.at(x * scale + 40, y * scale + 9) + random.between(-0.3, 0.3), colors.length)
      drawTile(art, x, y, 0.5 / count, chosen[random.chance(0.1) ? random.integer(chosen.length) : kind]!, [
        random.chance(0.5) ? palette.light : palette.ground,
        colors[tone]!,
        choose(random, [palette.dark, colors[(tone + 1) % colors.length]!]),
      ])
    }
  }
}

function drawTile(
  art: Art,
  x: number,
  y: number,
  half: number,
  ornament: Ornament,
  [ground, a, b]: readonly [Color, Color, Color],
): void {
  const { canvas, random } = art
  if (random.chance(0.03)) return
  const loose = random.chance(0.06) ? random.between(-0.3, 0.3) : 0
  const inner = half * random.between(0.9, 0.96)
  const square = place(polygon(4), x, y, inner * Math.SQRT2, loose + Math.PI / 4)
  const base = random.chance(0.12) ? b : ground
  canvas.fill(
    linear(lighten(base, 0.15), darken(base, random.between(0.05, 0.25)), x - half, y - half, x + half, y + half),
    square,
  )
  ornament(canvas, x, y, inner, loose + (random.integer(4) * Math.PI) / 2, base === b ? ground : a, base === b ? a : b)
  const rim = half * 0.09
  canvas.fill(flat([255, 255, 255], 0.35), stroke(place([-1, 1, -1, -1, 1, -1], x, y, inner), rim))
  canvas.fill(flat([20, 15, 30], 0.28), stroke(place([-1, 1, 1, 1, 1, -1], x, y, inner), rim))
  if (random.chance(0.07)) {
    const [a, b, c] = [random.between(-1, 1), random.between(-0.4, 0.4), random.between(-1, 1)]
    const crack = place([-1, a, 0, b, 1, c], x, y, half)
    canvas.fill(flat([20, 15, 30], 0.7), stroke(crack, half * 0.1))
  }
}
