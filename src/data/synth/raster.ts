import type { Color } from './color.js'
import { type Paint, paintRow } from './paint.js'

/** Points of a closed outline: x0, y0, x1, y1, ... in fractions of the picture. */
export type Contour = readonly number[]

/** A square picture in the making. Everything drawn on it is placed in fractions of its width, origin top left. */
export class Canvas {
  /** `size * size * 3` values, RGB interleaved, sRGB 0 .. 255. */
  readonly pixels: Float32Array
  /** Signed areas of the outline being filled, one row of `size + 2` values per pixel row; zero between fills. */
  private readonly areas: Float32Array
  private readonly weights: Float32Array
  /** The columns of each row in which areas are not zero: from the first up to before the second. */
  private readonly left: Int32Array
  private readonly right: Int32Array
  private top = 0
  private bottom = 0

  constructor(readonly size: number) {
    this.pixels = new Float32Array(size * size * 3)
    this.areas = new Float32Array(size * (size + 2))
    this.weights = new Float32Array(size + 2)
    this.left = new Int32Array(size).fill(size)
    this.right = new Int32Array(size)
  }

  /** Fills the whole canvas. */
  cover(paint: Paint): void {
    this.fill(paint, [0, 0, 1, 0, 1, 1, 0, 1])
  }

  /**
   * Fills the inside of closed outlines with smooth edges. Outlines that run in opposite directions cut holes.
   * Each edge adds the exact area it covers in the pixels it crosses; sums along the rows are the coverage
   * (R. Levien, font-rs, 2016).
   */
  fill(paint: Paint, ...contours: readonly Contour[]): void {
    this.top = this.size
    this.bottom = 0
    for (const contour of contours) this.addContour(contour)
    const { areas, weights, left, right, size } = this
    for (let y = this.top; y < this.bottom; y++) {
      const first = left[y]!
      const end = Math.min(right[y]!, size)
      paintRow(paint, size, y, first, end, weights)
      this.blendRow(y, first, end, paint)
      areas.fill(0, y * (size + 2) + first, y * (size + 2) + right[y]! + 1)
      left[y] = size
      right[y] = 0
    }
  }

  /** Light around a place: `alpha` of the colour in the centre, falling to nothing at the radius. */
  glow(x: number, y: number, radius: number, color: Color, alpha: number): void {
    const { size, pixels } = this
    const last = size - 1
    const y1 = Math.min(Math.ceil((y + radius) * size), last)
    const x0 = Math.max(Math.floor((x - radius) * size), 0)
    const x1 = Math.min(Math.ceil((x + radius) * size), last)
    const scale = 1 / (radius * size)
    for (let row = Math.max(Math.floor((y - radius) * size), 0); row <= y1; row++) {
      const dy = (row + 0.5 - y * size) * scale
      for (let column = x0; column <= x1; column++) {
        const dx = (column + 0.5 - x * size) * scale
        const fall = 1 - dx * dx - dy * dy
        if (fall <= 0) continue
        const a = alpha * fall * fall
        const at = (row * size + column) * 3
        pixels[at]! += (color[0] - pixels[at]!) * a
        pixels[at + 1]! += (color[1] - pixels[at + 1]!) * a
        pixels[at + 2]! += (color[2] - pixels[at + 2]!) * a
      }
    }
  }

  private blendRow(y: number, first: number, end: number, paint: Paint): void {
    const { pixels, areas, weights, size } = this
    const [r, g, b] = paint.from
    const dr = paint.to[0] - r
    const dg = paint.to[1] - g
    const db = paint.to[2] - b
    const row = y * (size + 2)
    let sum = 0
    for (let x = first; x < end; x++) {
      sum += areas[row + x]!
      const covered = sum < 0 ? -sum : sum
      if (covered < 0.002) continue
      const a = covered > 1 ? paint.alpha : covered * paint.alpha
      const t = weights[x]!
      const at = (y * size + x) * 3
      pixels[at]! += (r + dr * t - pixels[at]!) * a
      pixels[at + 1]! += (g + dg * t - pixels[at + 1]!) * a
      pixels[at + 2]! += (b + db * t - pixels[at + 2]!) * a
    }
  }

  private addContour(points: Contour): void {
    const scale = this.size
    let x0 = points[points.length - 2]! * scale
    let y0 = points[points.length - 1]! * scale
    for (let i = 0; i < points.length; i += 2) {
      const x1 = points[i]! * scale
      const y1 = points[i + 1]! * scale
      if (y0 < y1) this.addEdge(x0, y0, x1, y1, 1)
      else if (y1 < y0) this.addEdge(x1, y1, x0, y0, -1)
      x0 = x1
      y0 = y1
    }
  }

  /** An edge that runs downwards (y0 < y1), row by row. What lies beside the picture is moved to its border. */
  private addEdge(x0: number, y0: number, x1: number, y1: number, sign: number): void {
    const { size } = this
    if (y1 <= 0 || y0 >= size) return
    const slope = (x1 - x0) / (y1 - y0)
    const first = Math.max(Math.floor(y0), 0)
    const end = Math.min(Math.ceil(y1), size)
    if (first < this.top) this.top = first
    if (end > this.bottom) this.bottom = end
    let from = y0 < first ? x0 + slope * (first - y0) : x0
    for (let row = first; row < end; row++) {
      const height = Math.min(row + 1, y1) - Math.max(row, y0)
      const to = from + slope * height
      const a = from < 0 ? 0 : Math.min(from, size)
      const b = to < 0 ? 0 : Math.min(to, size)
      if (a < b) this.addSpan(row, a, b, height * sign)
      else this.addSpan(row, b, a, height * sign)
      from = to
    }
  }

  /** The part of an edge inside of one row, from column `x0` to `x1` (0 <= x0 <= x1 <= size), `height` rows high. */
  private addSpan(row: number, x0: number, x1: number, height: number): void {
    const { areas } = this
    const first = Math.floor(x0)
    const end = Math.max(Math.ceil(x1), first + 1)
    if (first < this.left[row]!) this.left[row] = first
    if (end > this.right[row]!) this.right[row] = end
    const at = row * (this.size + 2)
    if (end === first + 1) {
      const beyond = height * (0.5 * (x0 + x1) - first)
      areas[at + first]! += height - beyond
      areas[at + end]! += beyond
      return
    }
    const slope = height / (x1 - x0)
    const entry = first + 1 - x0
    // Area right of the edge, summed up to each column; every entry adds what this column has over the last one.
    let before = 0.5 * slope * entry * entry
    areas[at + first]! += before
    let reached = slope * entry
    for (let x = first + 1; x < end - 1; x++) {
      areas[at + x]! += reached + 0.5 * slope - before
      before = reached + 0.5 * slope
      reached += slope
    }
    const exit = x1 - (end - 1)
    const last = height - 0.5 * slope * exit * exit
    areas[at + end - 1]! += last - before
    areas[at + end]! += height - last
  }
}
