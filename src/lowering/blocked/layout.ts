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

/** A permutation of a tensor's elements, as operators carry it out: reshaped, transposed, reshaped. */
export interface Permutation {
  readonly from: readonly number[]
  readonly perm: readonly number[]
  readonly to: readonly number[]
}

/** A dense weight [O, I, h, w] of whole blocks as [O/B, I/B, h, w, B (of I), B (of O)]. */
export function denseWeightOrder([o, i, h, w]: readonly number[], block: BlockSize): Permutation {
  const dims = [o!, i!, h!, w!]
  return { from: [o! / block, block, i! / block, block, h!, w!], perm: [0, 2, 4, 5, 3, 1], to: dims }
}

/** The same weight with input and output exchanged, which is [I, O, h, w], as [I/B, O/B, h, w, B (of O), B (of I)]. */
export function exchangedWeightOrder([o, i, h, w]: readonly number[], block: BlockSize): Permutation {
  const dims = [i!, o!, h!, w!]
  return { from: [o! / block, block, i! / block, block, h!, w!], perm: [2, 0, 4, 5, 1, 3], to: dims }
}

/** A weight [O, I, h, w] whose input channels enter plain, O of whole blocks, as [O/B, I, h, w, B]. */
export function plainInputWeightOrder([o, i, h, w]: readonly number[], block: BlockSize): Permutation {
  return { from: [o! / block, block, i! * h! * w!], perm: [0, 2, 1], to: [o!, i!, h!, w!] }
}

/** A depthwise weight [C, 1, h, w] of whole blocks as [C/B, h, w, B]. */
export function depthwiseWeightOrder([c, , h, w]: readonly number[], block: BlockSize): Permutation {
  return { from: [c! / block, block, h! * w!], perm: [0, 2, 1], to: [c!, 1, h!, w!] }
}

/** Emits a permutation. */
export function permute(b: GraphBuilder, value: Value, { from, perm, to }: Permutation): Value {
  return reshape(b, b.emit('Transpose', [reshape(b, value, from)], { perm }), to)
}

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
