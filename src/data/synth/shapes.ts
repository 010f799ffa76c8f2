import type { Random } from '../../prng.js'
import type { Contour } from './raster.js'

/** Unit shapes lie around the origin within radius 1; their top is at negative y. {@link place} puts them into a picture. */
export function place(shape: Contour, x: number, y: number, size: number, angle = 0, stretch = 1): number[] {
  const cos = Math.cos(angle) * size
  const sin = Math.sin(angle) * size
  const points = new Array<number>(shape.length)
  for (let i = 0; i < shape.length; i += 2) {
    const u = shape[i]! * stretch
    const v = shape[i + 1]!
    points[i] = x + cos * u - sin * v
    points[i + 1] = y + sin * u + cos * v
  }
  return points
}

/** A shape whose radius at each angle (clockwise from the top, radians) is given. */
export function polar(steps: number, radius: (angle: number) => number): number[] {
  const points: number[] = []
  for (let i = 0; i < steps; i++) {
    const angle = (2 * Math.PI * i) / steps
    const r = radius(angle)
    points.push(r * Math.sin(angle), -r * Math.cos(angle))
  }
  return points
}

export const circle: Contour = polar(40, () => 1)

export function polygon(corners: number): number[] {
  return polar(corners, () => 1)
}

export function star(rays: number, inner: number): number[] {
  return polar(2 * rays, angle => (Math.round((angle * rays) / Math.PI) % 2 === 0 ? 1 : inner))
}

/** Round petals; `depth` 0 .. 1 is how far the notches reach in. */
export function flower(petals: number, depth: number): number[] {
  return polar(Math.max(petals * 9, 36), angle => 1 - depth * (1 - Math.abs(Math.cos((angle * petals) / 2))))
}

export function gear(teeth: number, inner: number): number[] {
  return polar(4 * teeth, angle => (Math.round((angle * 2 * teeth) / Math.PI) % 4 < 2 ? 1 : inner))
}

/** A pointed oval along the vertical, `width` times as wide as high. */
export function leaf(width: number): number[] {
  const points: number[] = []
  for (let i = 0; i <= 20; i++) {
    const t = (i % 10) / 10
    const side = i < 10 ? 1 : -1
    const y = i < 10 ? -1 + 2 * t : 1 - 2 * t
    points.push(side * width * Math.sin(Math.PI * t) * (i < 10 ? 1.15 - 0.3 * t : 0.85 + 0.3 * t), y)
  }
  return points
}

export const heart: Contour = Array.from({ length: 36 }, (_, i) => {
  const t = (2 * Math.PI * i) / 36
  const y = 0.81 * Math.cos(t) - 0.31 * Math.cos(2 * t) - 0.125 * Math.cos(3 * t) - 0.06 * Math.cos(4 * t)
  return [Math.sin(t) ** 3, -y - 0.1]
}).flat()

/** A moon: the outer arc and back along a flatter one. */
export const crescent: Contour = Array.from({ length: 40 }, (_, i) => {
  const t = i < 20 ? i / 19 : (39 - i) / 19
  const angle = Math.PI * (0.15 + 1.7 * t)
  const outer: [number, number] = [Math.sin(angle), -Math.cos(angle)]
  return i < 20 ? outer : [outer[0] * 0.75 + 0.38, outer[1] * 0.86]
}).flat()

export const drop: Contour = polar(32, angle => 0.62 + 0.38 * Math.max(Math.cos(angle), 0) ** 6)

export const cross: Contour = [
  -0.3, -1, 0.3, -1, 0.3, -0.3, 1, -0.3, 1, 0.3, 0.3, 0.3, 0.3, 1, -0.3, 1, -0.3, 0.3, -1, 0.3, -1, -0.3, -0.3, -0.3,
]

export const arrow: Contour = [0, -1, 0.75, -0.15, 0.28, -0.15, 0.28, 1, -0.28, 1, -0.28, -0.15, -0.75, -0.15]

/** A pebble: round with three random waves. */
export function blob(random: Random, roughness = 0.12): number[] {
  const waves = [2, 3, 5].map(n => ({ n, height: roughness * random.between(0.3, 1), phase: random.between(0, 6.3) }))
  return polar(
    36,
    angle => 1 + waves.reduce((sum, w) => sum + w.height * Math.sin(w.n * angle + w.phase), 0) - roughness,
  )
}

export function rectangle(x: number, y: number, width: number, height: number): number[] {
  return [x, y, x + width, y, x + width, y + height, x, y + height]
}

/** The same outline run the other way round: a hole when filled together with a larger one. */
export function reversed(contour: Contour): number[] {
  const points: number[] = []
  for (let i = contour.length - 2; i >= 0; i -= 2) points.push(contour[i]!, contour[i + 1]!)
  return points
}

/** The outline moved by (dx, dy). */
export function moved(contour: Contour, dx: number, dy: number): number[] {
  return contour.map((value, i) => value + (i % 2 === 0 ? dx : dy))
}

/** The outline scaled about its mean point: 0.8 leaves a margin of a fifth. */
export function scaled(contour: Contour, factor: number): number[] {
  let x = 0
  let y = 0
  for (let i = 0; i < contour.length; i += 2) {
    x += contour[i]!
    y += contour[i + 1]!
  }
  x *= 2 / contour.length
  y *= 2 / contour.length
  return contour.map((value, i) => (i % 2 === 0 ? x + (value - x) * factor : y + (value - y) * factor))
}
