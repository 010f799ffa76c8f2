import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { type BlockSize, reshape } from './layout.js'

/** How a weight [O, I, h, w] of whole blocks is brought into the order of a kernel; the declared shape is the same or, exchanged, [I, O, h, w]. */
export type WeightOrder = (b: GraphBuilder, weight: Value, block: BlockSize) => Value

/**
 * As [O/B, I, h, w, B]: what kernels take of which the inputs are plain or, with I = 1, depthwise. Weights are reordered as pictures are,
 * here with O/B pictures of B channels, since that runs on all cores.
 */
export const firstAxisInBlocks: WeightOrder = (b, weight, block) => {
  const [o, ...others] = weight.shape as readonly number[]
  const length = others.reduce((product, size) => product * size, 1)
  const pictures = reshape(b, weight, [o! / block, block, length, 1])
  return reshape(b, b.emit('nchwc.ReorderInput', [pictures]), [o!, ...others])
}

/** As [O/B, I/B, h, w, B (of I), B (of O)]. */
export const denseWeight: WeightOrder = (b, weight, block) => {
  const [o, i, h, w] = weight.shape as readonly number[]
  const inBlocks = firstAxisInBlocks(b, weight, block)
  if (h! * w! === 1) return inBlocks
  const parts = reshape(b, inBlocks, [(o! / block) * (i! / block), block, h! * w!, block])
  return reshape(b, b.emit('Transpose', [parts], { perm: [0, 2, 1, 3] }), [o!, i!, h!, w!])
}

/** Input and output exchanged: as [I/B, O/B, h, w, B (of O), B (of I)]. */
export const exchangedWeight: WeightOrder = (b, weight, block) => {
  const [o, i, h, w] = weight.shape as readonly number[]
  if (h! * w! === 1) {
    const rows = reshape(b, weight, [1, o!, 1, i!])
    return reshape(b, b.emit('nchwc.ReorderInput', [rows], { channels_last: 1 }), [i!, o!, 1, 1])
  }
  const parts = reshape(b, weight, [o! / block, block, i! / block, block, h! * w!])
  return reshape(b, b.emit('Transpose', [parts], { perm: [2, 0, 4, 1, 3] }), [i!, o!, h!, w!])
}

/** The way back from {@link firstAxisInBlocks}. */
export function firstAxisPlain(b: GraphBuilder, weight: Value, block: BlockSize): Value {
  const [o, ...others] = weight.shape as readonly number[]
  const length = others.reduce((product, size) => product * size, 1)
  const pictures = reshape(b, weight, [o! / block, block, length, 1])
  return reshape(b, b.emit('nchwc.ReorderOutput', [pictures], { channels: block }), [o!, ...others])
}
