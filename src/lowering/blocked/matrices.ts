import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { type BlockSize, reshape } from './layout.js'

/** The pixels of blocked pictures as rows, [N H W, channels]. A single block lies so already. */
export function pixelRows(b: GraphBuilder, x: Value, channels: number, block: BlockSize): Value {
  const [batch, , height, width] = x.shape as readonly number[]
  const lies = channels === block
  const last = lies ? x : b.emit('nchwc.ReorderOutput', [x], { channels, channels_last: 1 })
  return reshape(b, last, [batch! * height! * width!, channels])
}

/**
 * The sums over all pixels of products of channels, [channels, columns of `rows`]: a matrix product. Few channels and large pictures
 * go picture by picture: one long product over all pixels would be slower.
 *
 * @param x blocked, with `channels` channels of its own
 * @param rows pixels of pictures of the same size, [N H W, any]
 */
export function crossProducts(b: GraphBuilder, x: Value, channels: number, rows: Value, block: BlockSize): Value {
  const [batch, , height, width] = x.shape as readonly [number, number, number, number]
  const [pixels, columns] = [height * width, rows.shape[1] as number]
  if (Math.min(channels, columns) > 2 * block || pixels < longPicture)
    return b.emit('Gemm', [pixelRows(b, x, channels, block), rows], { transA: 1 })
  const planes = reshape(b, b.emit('nchwc.ReorderOutput', [x], { channels }), [batch, channels, pixels])
  const products = b.emit('MatMul', [planes, reshape(b, rows, [batch, pixels, columns])])
  return b.emit('ReduceSum', [products, b.ints([0])], { keepdims: 0 })
}

/** Pixels from which on a picture is enough for a product of its own. */
const longPicture = 512
