import { isStatic } from '../../onnx/dims.js'
import { type Lowering, plain, staticShape } from '../lowering.js'
import { pixelMeans } from './channels.js'
import { type Blocked, type BlockSize, first, padTo, reshape, wholeBlocks } from './layout.js'

/** Means over blocked pictures; the result [N, C, 1, 1] is plain. */
export const globalAveragePool: Lowering<'GlobalAveragePool', Blocked> = context => {
  if (!context.isIn(0, 'blocked')) return context.copied()
  const { b } = context
  const [batch, channels] = staticShape(context, context.shape(0)) as [number, number]
  const means = first(b, pixelMeans(b, context.input(0, 'blocked')), channels, 1)
  return plain(reshape(b, means, [batch, channels, 1, 1]))
}

/** [N, C, 1, 1] spread over pictures, as the gradient of a mean is; whole vectors of a block at a time. */
export function expand(block: BlockSize): Lowering<'Expand', Blocked> {
  return context => {
    const { b } = context
    const [from, to] = [context.shape(0), context.outputShape(0)]
    const spreads = from.length === 4 && to.length === 4 && isStatic(to) && from[2] === 1 && from[3] === 1
    if (!spreads || from[0] !== to[0] || from[1] !== to[1] || context.input(0).type !== 'float32')
      return context.copied()
    const [batch, channels, height, width] = to
    const whole = wholeBlocks(channels!, block)
    const blocks = (batch! * whole) / block
    const vectors = reshape(b, padTo(b, context.input(0), [batch!, whole, 1, 1]), [blocks, 1, block])
    const spread = b.emit('Expand', [vectors, b.ints([blocks, height! * width!, block])])
    return [{ value: reshape(b, spread, [batch!, whole, height!, width!]), form: 'blocked' }]
  }
}
