import type { GraphBuilder } from '../onnx/builder.js'
import { divideDims, isStatic, multiplyDims, sameShape } from '../onnx/dims.js'
import type { Dim, Value } from '../onnx/graph.js'

/** The shape of a value as an int64 tensor: a constant where every dimension is a number. */
export function shapeOf(b: GraphBuilder, value: Value): Value {
  return isStatic(value.shape) ? b.ints(value.shape) : b.emit('Shape', [value])
}

/** The value reshaped to the shape of `like`. */
export function reshapeLike(b: GraphBuilder, value: Value, like: Value): Value {
  if (sameShape(value.shape, like.shape)) return value
  const target = constantTarget(like.shape)
  return b.emit('Reshape', [value, target ? b.ints(target) : b.emit('Shape', [like])])
}

/** Dimensions as Reshape takes them from a constant, -1 for the one that is symbolic; null where several are. */
export function constantTarget(dims: readonly Dim[]): number[] | null {
  const symbolic = dims.filter(dim => typeof dim === 'string').length
  return symbolic > 1 ? null : dims.map(dim => (typeof dim === 'string' ? -1 : dim))
}

/** The value broadcast to the shape of `like`. */
export function expandLike(b: GraphBuilder, value: Value, like: Value): Value {
  return sameShape(value.shape, like.shape) ? value : b.emit('Expand', [value, shapeOf(b, like)])
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}

/** How many elements of `whole` there are for each of `part`, as an int64 scalar. */
export function elementsPer(b: GraphBuilder, whole: Value, part: Value): Value {
  const ratio = divideDims(multiplyDims(whole.shape), multiplyDims(part.shape))
  if (typeof ratio === 'number') return b.scalar(ratio, 'int64')
  return b.emit('Div', [b.emit('Size', [whole]), b.emit('Size', [part])])
}
