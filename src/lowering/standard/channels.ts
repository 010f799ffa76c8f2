import type { GraphBuilder } from '../../onnx/builder.js'
import { isStatic } from '../../onnx/dims.js'
import type { Value } from '../../onnx/graph.js'
import { elementCount } from '../../tensor.js'

/** Every axis but that of the channels. */
export function axesBesideChannels(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter(axis => axis !== 1)
}

/** Per-channel numbers `[C]` as `[1, C, 1, 1]`, to be broadcast over pictures of `rank` axes. */
export function broadcastChannels(b: GraphBuilder, value: Value, rank: number): Value {
  return b.emit('Reshape', [value, b.ints([1, -1, ...Array<number>(rank - 2).fill(1)])])
}

/** The number of elements of `value` as a scalar of its own type; a constant where the shape is known. */
export function countElements(b: GraphBuilder, value: Value): Value {
  if (isStatic(value.shape)) return b.scalar(elementCount(value.shape))
  return b.emit('Cast', [b.emit('Size', [value])], { to: 1 })
}
