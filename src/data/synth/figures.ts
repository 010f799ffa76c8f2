import type { Random } from '../../prng.js'
import { type Color, darken, lighten } from './color.js'
import { dots, flat, linear, type Paint, radial, stripes } from './paint.js'
import type { Canvas, Contour } from './raster.js'
import type { Art } from './scene.js'
import { circle, flower, leaf, moved, place, reversed, scaled } from './shapes.js'
import { stroke } from './strokes.js'

const unitLeaf = leaf(1)

/** A plain or patterned filling in a colour, for a shape around (x, y) of radius `size`. */
export function anyPaint(random: Random, color: Color, other: Color, x: number, y: number, size: number): Paint {
  const kind = random.integer(8)
  const angle = random.between(0, Math.PI)
  if (kind === 0) return stripes(color, other, angle, size * random.between(0.3, 0.6), random.between(0.3, 0.55))
  if (kind === 1) return dots(color, other, angle, size * random.between(0.4, 0.65), random.between(0.45, 0.7))
  if (kind < 5) return radial(lighten(color, 0.4), darken(color, 0.25), x - size * 0.3, y - size * 0.35, size * 1.5)
  const dx = Math.cos(angle) * size
  const dy = Math.sin(angle) * size
  return linear(lighten(color, 0.2), darken(color, 0.3), x - dx, y - dy, x + dx, y + dy)
}

/** Fills a shape and puts its shadow below it. `depth`: the shadow's distance as a fraction of the picture. */
export function fillRaised(canvas: Canvas, contour: Contour, paint: Paint, shadow: Color, depth: number): void {
  canvas.fill(flat(shadow, 0.16), moved(contour, depth * 0.7, depth * 1.2))
  canvas.fill(flat(shadow, 0.22), moved(contour, depth * 0.4, depth * 0.6))
  canvas.fill(paint, contour)
}

/** The outline itself as a line of the given width, drawn inwards. */
export function outline(canvas: Canvas, contour: Contour, paint: Paint, inner: number): void {
  canvas.fill(paint, contour, reversed(scaled(contour, inner)))
}

/** A blossom seen from above: rows of petals around an eye. */
export function drawFlower(art: Art, x: number, y: number, size: number, color: Color, eye: Color): void {
  const { canvas, random } = art
  const petals = 5 + random.integer(5)
  const depth = random.between(0.35, 0.75)
  const angle = random.between(0, 6.3)
  const shape = flower(petals, depth)
  canvas.fill(radial(darken(color, 0.35), lighten(color, 0.15), x, y, size), place(shape, x, y, size, angle))
  canvas.fill(
    radial(darken(color, 0.2), lighten(color, 0.45), x, y, size * 0.75),
    place(shape, x, y, size * 0.68, angle + Math.PI / petals),
  )
  canvas.fill(radial(lighten(eye, 0.4), darken(eye, 0.3), x, y, size * 0.3), place(circle, x, y, size * 0.27))
}

/** A leaf with its midrib, from its stalk at (x, y) in direction `angle` (radians, 0 = right). */
export function drawLeaf(
  canvas: Canvas,
  x: number,
  y: number,
  size: number,
  angle: number,
  width: number,
  color: Color,
): void {
  const dx = Math.cos(angle) * size
  const dy = Math.sin(angle) * size
  const contour = place(unitLeaf, x + dx / 2, y + dy / 2, size / 2, angle + Math.PI / 2, width)
  canvas.fill(linear(darken(color, 0.3), lighten(color, 0.25), x - dy * 0.2, y + dx * 0.2, x + dx, y + dy), contour)
  // At the size of a few pixels a rib would only blur the leaf.
  if (size < 0.05) return
  canvas.fill(
    flat(lighten(color, 0.5), 0.7),
    stroke([x, y, x + dx * 0.5, y + dy * 0.5, x + dx * 0.92, y + dy * 0.92], size * 0.05, 'taper'),
  )
}
