import type { Random } from '../../prng.js'

/** A place in the picture; 0 .. 1 from the left and from the top. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** One of the items, all equally likely. */
export function choose<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)]!
}

/** `count` different items in random order. */
export function chooseSome<T>(random: Random, items: readonly T[], count: number): T[] {
  return random.shuffle([...items]).slice(0, count)
}

/** Value rounded down to 0 .. count - 1: which of `count` things a noise value of -1 .. 1 stands for. */
export function bucket(noise: number, count: number): number {
  return Math.min(Math.max(Math.floor((noise * 0.9 + 0.5) * count), 0), count - 1)
}

/**
 * Up to `count` places that keep `distance` from each other, also a little outside of the picture, in the order drawn
 * (dart throwing with 12 throws for each).
 */
export function scatter(random: Random, count: number, distance: number): Point[] {
  const points: Point[] = []
  const square = distance * distance
  for (let throws = count * 12; throws > 0 && points.length < count; throws--) {
    const x = random.between(-0.04, 1.04)
    const y = random.between(-0.04, 1.04)
    if (points.every(p => (p.x - x) * (p.x - x) + (p.y - y) * (p.y - y) >= square)) points.push({ x, y })
  }
  return points
}

/** One place in each field of a `count` x `count` grid that reaches a little over the edges, off its centre by `jitter`. */
export function jitteredGrid(random: Random, count: number, jitter: number): Point[] {
  const points: Point[] = []
  for (let row = -1; row <= count; row++) {
    for (let column = -1; column <= count; column++) {
      const x = (column + 0.5 + random.between(-jitter, jitter)) / count
      points.push({ x, y: (row + 0.5 + random.between(-jitter, jitter)) / count })
    }
  }
  return points
}
