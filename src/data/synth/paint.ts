import type { Color } from './color.js'

/**
 * What a shape is filled with: a mixture of two colours whose proportion depends on the place. Lengths and places are
 * fractions of the picture, angles are radians.
 */
export interface Paint {
  readonly kind: 'flat' | 'linear' | 'radial' | 'stripes' | 'dots'
  readonly from: Color
  readonly to: Color
  readonly alpha: number
  /** linear, stripes, dots: unit vector along which the mixture changes. radial: the centre. */
  readonly x: number
  readonly y: number
  /** linear: where along the vector it starts. stripes, dots: share of the second colour. */
  readonly start: number
  /** linear: length. radial: radius. stripes, dots: period. */
  readonly length: number
}

/** One colour everywhere. */
export function flat(color: Color, alpha = 1): Paint {
  return { kind: 'flat', from: color, to: color, alpha, x: 0, y: 0, start: 0, length: 1 }
}

/** `from` at (x0, y0) to `to` at (x1, y1), constant outside. */
export function linear(from: Color, to: Color, x0: number, y0: number, x1: number, y1: number, alpha = 1): Paint {
  const length = Math.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2) || 1e-6
  const x = (x1 - x0) / length
  const y = (y1 - y0) / length
  return { kind: 'linear', from, to, alpha, x, y, start: x0 * x + y0 * y, length }
}

/** `from` in the centre to `to` at the radius and beyond. */
export function radial(from: Color, to: Color, x: number, y: number, radius: number, alpha = 1): Paint {
  return { kind: 'radial', from, to, alpha, x, y, start: 0, length: Math.max(radius, 1e-6) }
}

/** Stripes across the direction `angle`; `share` of each period (0 .. 1) has the colour `to`. */
export function stripes(from: Color, to: Color, angle: number, period: number, share = 0.5, alpha = 1): Paint {
  return { kind: 'stripes', from, to, alpha, x: Math.cos(angle), y: Math.sin(angle), start: share, length: period }
}

/** Round dots of the colour `to` on a square lattice; `share` is their diameter over the period. */
export function dots(from: Color, to: Color, angle: number, period: number, share = 0.6, alpha = 1): Paint {
  return { kind: 'dots', from, to, alpha, x: Math.cos(angle), y: Math.sin(angle), start: share, length: period }
}

/** Share of the second colour, 0 .. 1, for the pixels `first` .. `end` - 1 of row `row`, written to `out` at the same indices. */
export function paintRow(paint: Paint, size: number, row: number, first: number, end: number, out: Float32Array): void {
  if (paint.kind === 'flat') out.fill(0, first, end)
  else if (paint.kind === 'linear') linearRow(paint, size, row, first, end, out)
  else if (paint.kind === 'radial') radialRow(paint, size, row, first, end, out)
  else if (paint.kind === 'stripes') stripesRow(paint, size, row, first, end, out)
  else dotsRow(paint, size, row, first, end, out)
}

function linearRow(paint: Paint, size: number, row: number, first: number, end: number, out: Float32Array): void {
  const step = paint.x / size / paint.length
  const origin = ((paint.y * (row + 0.5)) / size - paint.start) / paint.length + step / 2
  for (let x = first; x < end; x++) {
    const t = origin + step * x
    out[x] = t < 0 ? 0 : Math.min(t, 1)
  }
}

function radialRow(paint: Paint, size: number, row: number, first: number, end: number, out: Float32Array): void {
  const scale = 1 / size / paint.length
  const dy = (row + 0.5 - paint.y * size) * scale
  const origin = (0.5 - paint.x * size) * scale
  for (let x = first; x < end; x++) {
    const dx = origin + x * scale
    const t = Math.sqrt(dx * dx + dy * dy)
    out[x] = Math.min(t, 1)
  }
}

function stripesRow(paint: Paint, size: number, row: number, first: number, end: number, out: Float32Array): void {
  const period = paint.length * size
  const step = paint.x / period
  const origin = (paint.y * (row + 0.5)) / period + step / 2 + 64
  for (let x = first; x < end; x++) {
    const t = origin + step * x
    // Signed distance in pixels from the edge of the stripe, which lies around the middle of the period.
    const edge = (paint.start / 2 - Math.abs(t - Math.floor(t) - 0.5)) * period + 0.5
    out[x] = edge < 0 ? 0 : Math.min(edge, 1)
  }
}

function dotsRow(paint: Paint, size: number, row: number, first: number, end: number, out: Float32Array): void {
  const period = paint.length * size
  const y = (row + 0.5) / period
  const radius = (paint.start * period) / 2 + 0.5
  for (let x = first; x < end; x++) {
    const u = (paint.x * (x + 0.5)) / period + paint.y * y + 64
    const v = (-paint.y * (x + 0.5)) / period + paint.x * y + 64
    const du = u - Math.floor(u) - 0.5
    const dv = v - Math.floor(v) - 0.5
    const edge = radius - Math.sqrt(du * du + dv * dv) * period
    out[x] = edge < 0 ? 0 : Math.min(edge, 1)
  }
}
