import type { Rgb } from './color-map.js'
import type { RgbImage } from './rgb-image.js'

/** A point in pixels of a picture, its corner as origin. */
export type Spot = readonly [x: number, y: number]

/**
 * Draws a line through points, with round ends and smooth edges; one point gives a disc. What lies outside the picture is dropped.
 *
 * @param width pixels
 */
export function stroke(image: RgbImage, points: readonly Spot[], width: number, color: Rgb): void {
  const reach = width / 2 + 0.5
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const right = Math.min(image.width, Math.ceil(Math.max(...xs) + reach))
  const bottom = Math.min(image.height, Math.ceil(Math.max(...ys) + reach))
  for (let y = Math.max(0, Math.floor(Math.min(...ys) - reach)); y < bottom; y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs) - reach)); x < right; x++) {
      const cover = Math.min(1, reach - distanceToLine(points, x + 0.5, y + 0.5))
      if (cover > 0) blend(image, 3 * (y * image.width + x), color, cover)
    }
  }
}

/** Draws a light line on a wider dark one, so that it is seen on any picture. */
export function strokeOnAny(image: RgbImage, points: readonly Spot[], width: number, color: Rgb): void {
  stroke(image, points, width + 2, [0, 0, 0])
  stroke(image, points, width, color)
}

function blend({ data }: RgbImage, at: number, color: Rgb, share: number): void {
  for (let c = 0; c < 3; c++) data[at + c] = Math.round(data[at + c]! * (1 - share) + color[c]! * share)
}

function distanceToLine(points: readonly Spot[], x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < points.length; i++) {
    least = Math.min(least, distanceToSegment(points[i]!, points[i + 1] ?? points[i]!, x, y))
  }
  return least
}

function distanceToSegment([x0, y0]: Spot, [x1, y1]: Spot, x: number, y: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length))
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy)
}
