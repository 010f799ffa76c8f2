import { type Color, darken, lighten } from '../color.js'
import { choose } from '../layout.js'
import { flat, linear, type Paint, stripes } from '../paint.js'
import type { Canvas } from '../raster.js'
import type { Scene } from '../scene.js'
import { circle, moved, place, polygon } from '../shapes.js'
import { spline, stroke } from '../strokes.js'

/** Bands of cloth that wind over and under each other, each with borders and a pattern of its own. */
export const ribbons: Scene = art => {
  const { canvas, palette, random } = art
  canvas.cover(linear(palette.ground, palette.ground2, 0, 0, 1, 1))
  canvas.cover(stripes(palette.ground, lighten(palette.ground2, 0.2), random.between(0, 3), 0.04, 0.4, 0.5))
  const count = 14 + random.integer(14)
  for (let i = 0; i < count; i++) {
    const side = random.integer(2)
    const points: number[] = []
    const start = random.between(-0.1, 1.1)
    const end = start + random.between(-0.6, 0.6)
    for (let k = 0; k <= 4; k++) {
      const along = -0.15 + (1.3 * k) / 4
      const across = start + ((end - start) * k) / 4 + random.between(-0.16, 0.16)
      points.push(side === 0 ? along : across, side === 0 ? across : along)
    }
    const line = spline(points, 12)
    const width = random.between(0.03, 0.095)
    const color = choose(random, palette.colors)
    const other = random.chance(0.4) ? palette.light : choose(random, palette.colors)
    drawRibbon(canvas, line, width, color, other, palette.dark, random.integer(6))
  }
}

function drawRibbon(
  canvas: Canvas,
  line: readonly number[],
  width: number,
  color: Color,
  other: Color,
  dark: Color,
  pattern: number,
): void {
  const body = stroke(line, width)
  canvas.fill(flat(dark, 0.22), moved(body, width * 0.16, width * 0.22))
  canvas.fill(flat(dark, 0.25), moved(body, width * 0.07, width * 0.1))
  canvas.fill(flat(darken(color, 0.4)), body)
  canvas.fill(flat(color), stroke(line, width * 0.9))
  if (pattern === 0) canvas.fill(flat(other), stroke(line, width * 0.4))
  if (pattern === 1) {
    canvas.fill(flat(other), stroke(line, width * 0.7))
    canvas.fill(flat(color), stroke(line, width * 0.5))
    canvas.fill(flat(other), stroke(line, width * 0.14))
  }
  if (pattern === 2) canvas.fill(stripes(color, other, 0.7, width * 0.5, 0.5), stroke(line, width * 0.66))
  if (pattern === 3) beads(canvas, line, (x, y, angle) => [flat(other), place(circle, x, y, width * 0.24, angle)])
  if (pattern === 4) beads(canvas, line, (x, y, angle) => [flat(other), place(polygon(4), x, y, width * 0.36, angle)])
  if (pattern === 5)
    beads(canvas, line, (x, y, angle) => [flat(other), place(polygon(4), x, y, width * 0.62, angle + 0.785, 0.35)])
  canvas.fill(flat([255, 255, 255], 0.3), moved(stroke(line, width * 0.12), -width * 0.2, -width * 0.2))
}

/** Puts a shape on every second point of a line. */
function beads(
  canvas: Canvas,
  line: readonly number[],
  shape: (x: number, y: number, angle: number) => [Paint, number[]],
) {
  for (let i = 4; i < line.length - 2; i += 4) {
    const angle = Math.atan2(line[i + 3]! - line[i - 1]!, line[i + 2]! - line[i - 2]!)
    const [paint, contour] = shape(line[i]!, line[i + 1]!, angle)
    canvas.fill(paint, contour)
  }
}
