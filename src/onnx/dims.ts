import { formatProduct, formatSum, invert, multiply, parseProduct, parseTerms } from './dim-text.js'
import type { Dim, Shape } from './graph.js'

/*
 * Arithmetic with symbolic dimensions. A symbolic dimension is text: a product of symbols with whole powers and a rational coefficient,
 * like `P` or `4*P/Q`, whose factors may also be sums in parentheses, like `2*(P+1)`, and calls, like `floor(H/2)`.
 * Sums of products and products of sums are not multiplied out; up to that, equal dimensions have equal text.
 */

/** The product of dimensions. @throws E_SHAPE where it has no end: 2^53 or hundreds of characters */
export function multiplyDims(dims: readonly Dim[]): Dim {
  return formatProduct(multiply(dims.map(parseProduct)))
}

/** `a / b`; null where `b` is 0 or the quotient a number that is not whole. What is left of symbols is taken to be whole. */
export function divideDims(a: Dim, b: Dim): Dim | null {
  if (b === 0) return null
  const quotient = multiply([parseProduct(a), invert(parseProduct(b))])
  return quotient.powers.size === 0 && quotient.denominator !== 1 ? null : formatProduct(quotient)
}

/** The sum of dimensions. @throws E_SHAPE as {@link multiplyDims} */
export function addDims(dims: readonly Dim[]): Dim {
  return formatSum(dims.flatMap(parseTerms))
}

/** `floor((dim + add) / divisor) + 1`: the output size of a sliding window. */
export function windowDim(dim: Dim, add: number, divisor: number): Dim {
  if (typeof dim === 'number') return Math.floor((dim + add) / divisor) + 1
  if (divisor === 1) return addDims([dim, add + 1])
  return addDims([`floor(${addDims([dim, add])}/${divisor})`, 1])
}

/** `floor(dim * factor)`: the output size of a resize. The product is rounded to float32 first, as in ONNX Runtime: 3 x 2.3333333 is 7. */
export function scaleDim(dim: Dim, factor: number): Dim {
  if (typeof dim === 'number') return Math.floor(Math.fround(dim * factor))
  return Number.isInteger(factor) ? multiplyDims([dim, factor]) : `floor(${dim}*${factor})`
}

/** Whether every dimension is a number. */
export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every(dim => typeof dim === 'number')
}

/** Whether two shapes are the same, symbols included. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i])
}

/**
 * The shape that elementwise operators give (ONNX "Broadcasting", NumPy's rules); null where the shapes do not fit.
 * A symbolic dimension fits itself and 1 only.
 */
export function broadcastShapes(shapes: readonly Shape[]): Shape | null {
  const rank = Math.max(...shapes.map(shape => shape.length))
  const result: Dim[] = []
  for (let axis = 0; axis < rank; axis++) {
    let dim: Dim = 1
    for (const shape of shapes) {
      const other = shape[axis - rank + shape.length] ?? 1
      if (other === 1 || other === dim) continue
      if (dim !== 1) return null
      dim = other
    }
    result.push(dim)
  }
  return result
}
