import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'

/** The forms of the blocked target beside `plain`. */
export type Blocked = 'blocked'

/** Channels that share a block: what ONNX Runtime uses with AVX-512, and on every other processor that has the layout. */
export type BlockSize = 16 | 8

/** The number of channels rounded up to whole blocks. */
export function wholeBlocks(channels: number, block: BlockSize): number {
  return Math.ceil(channels / block) * block
}

/** The same elements in another shape. */
export function reshape(b: GraphBuilder, value: Value, dims: readonly number[]): Value {
  return value.shape.join() === dims.join() ? value : b.emit('Reshape', [value, b.ints(dims)])
}

/** Zeros after the end of some axes, up to the given sizes. */
export function padTo(b: GraphBuilder, value: Value, sizes: readonly number[]): Value {
  const missing = sizes.map((size, axis) => size - (value.shape[axis] as number))
  if (missing.every(count => count === 0)) return value
  return b.emit('Pad', [value, b.ints([...missing.map(() => 0), ...missing])])
}

/** The first elements of an axis. */
export function first(b: GraphBuilder, value: Value, count: number, axis: number): Value {
  if (value.shape[axis] === count) return value
  return b.emit('Slice', [value, b.ints([0]), b.ints([count]), b.ints([axis])])
}
