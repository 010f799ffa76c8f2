import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { type BlockSize, first, reshape, wholeBlocks } from './layout.js'
import { firstAxisInBlocks, firstAxisPlain } from './weights.js'

/** Blocked pictures and how many of their channels are real. */
export interface Channels {
  readonly x: Value
  readonly count: number
}

/**
 * The sums over all pixels of products of channels of two blocked values of the same size, [left, right]: a matrix product.
 *
 * Pictures of many pixels go the fast way: a 1x1 convolution with one group for each picture, in which the pixels are the channels. The
 * side with more channels is its weight, and lies in the kernel's order as it is; the other side's pixels are brought into blocks. What
 * comes out is one matrix for each picture, which has to be smaller than what it saves.
 */
export function crossProducts(b: GraphBuilder, left: Channels, right: Channels, block: BlockSize): Value {
  const [, , height, width] = left.x.shape as readonly number[]
  const pixels = height! * width!
  if (pixels % block !== 0 || Math.min(left.count, right.count) > pixels)
    return b.emit('Gemm', [pixelRows(b, left, block), pixelRows(b, right, block)], { transA: 1 })
  if (left.count < right.count) return rightMajorProducts(b, right, left, block)
  const sums = pictureProducts(b, left.x, pixelRows(b, right, block), block)
  return first(b, firstAxisPlain(b, sums, block), left.count, 0)
}

/** [right, left] in blocks of the first axis, as [left, right]. */
function rightMajorProducts(b: GraphBuilder, right: Channels, left: Channels, block: BlockSize): Value {
  const sums = pictureProducts(b, right.x, pixelRows(b, left, block), block)
  const whole = wholeBlocks(right.count, block)
  const parts = reshape(b, sums, [whole / block, left.count, block])
  const swapped = reshape(b, b.emit('Transpose', [parts], { perm: [1, 0, 2] }), [left.count, whole])
  return first(b, swapped, right.count, 1)
}

/** Σ over the pictures of x rows, [channels of x, columns of rows], in blocks of the first axis. */
function pictureProducts(b: GraphBuilder, x: Value, rows: Value, block: BlockSize): Value {
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number]
  const [count, columns] = rows.shape as readonly [number, number]
  const weight = reshape(b, x, [batch * channels, height * width, 1, 1])
  const pixels = reshape(b, firstAxisInBlocks(b, rows, block), [1, count, columns, 1])
  const products = b.emit('nchwc.Conv', [pixels, weight], { kernel_shape: [1, 1], group: batch })
  const sum = b.emit('ReduceSum', [reshape(b, products, [batch, channels * columns]), b.ints([0])], { keepdims: 0 })
  return reshape(b, sum, [channels, columns])
}

/** The pixels as rows, [N H W, channels]. A single block lies so already. */
function pixelRows(b: GraphBuilder, { x, count }: Channels, block: BlockSize): Value {
  const [batch, , height, width] = x.shape as readonly number[]
  const rows = count === block ? x : b.emit('nchwc.ReorderOutput', [x], { channels: count, channels_last: 1 })
  return reshape(b, rows, [batch! * height! * width!, count])
}
