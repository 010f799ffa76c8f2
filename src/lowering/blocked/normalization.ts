import { isStatic } from '../../onnx/dims.js'
import type { Value } from '../../onnx/graph.js'
import { type Lowering, type LoweringContext, plain } from '../lowering.js'
import { filled } from '../standard/channels.js'
import {
  batchNormalizationGrad as plainBatchNormalizationGrad,
  batchNormInternal as plainBatchNormInternal,
} from '../standard/normalization.js'
import { batchStatistics, countPerChannel, inverseDeviation, negatedShift, runningValue } from './batch-statistics.js'
import { affine, batchMeans, pixelProducts, sumPictures } from './channels.js'
import { type Blocked, type BlockSize, first, padTo, wholeBlocks } from './layout.js'

/** Batch-norm in training form: shifted, measured, and one scale-and-shift. */
export function batchNormInternal(block: BlockSize): Lowering<'BatchNormInternal', Blocked> {
  return context => {
    const { b, attributes } = context
    if (!isPictures(context, 0) || !attributes.training_mode)
      return plainBatchNormInternal(context as LoweringContext<'BatchNormInternal'>)
    const channels = context.shape(0)[1] as number
    const whole = wholeBlocks(channels, block)
    const x = context.input(0, 'blocked')
    const shift = negatedShift(b, first(b, x, 1, 0))
    const shifted = affine(b, x, filled(b, [whole], 1), shift)
    const { mean, variance } = batchStatistics(b, shifted)
    const inverse = inverseDeviation(b, variance, attributes.epsilon, channels)
    const scale = b.emit('Mul', [padTo(b, context.input(1), [whole]), inverse])
    const offset = b.emit('Sub', [padTo(b, context.input(2), [whole]), b.emit('Mul', [scale, mean])])
    const own = (value: Value): Value => first(b, value, channels, 0)
    const batchMean = own(b.emit('Sub', [mean, shift]))
    return [
      { value: affine(b, shifted, scale, offset), form: 'blocked' },
      ...plain(
        runningValue(b, context.input(3), batchMean, attributes.momentum),
        runningValue(b, context.input(4), own(variance), attributes.momentum),
        batchMean,
        own(inverse),
      ),
    ]
  }
}

/** The inference form: one scale-and-shift by given statistics. */
export function batchNormalization(block: BlockSize): Lowering<'BatchNormalization', Blocked> {
  return context => {
    const { b, attributes } = context
    if (attributes.training_mode)
      return batchNormInternal(block)({ ...context, attributes } as InternalContext).slice(0, 3)
    if (!isPictures(context, 0)) return context.copied()
    const channels = context.shape(0)[1] as number
    const [gain, bias, mean, variance] = [1, 2, 3, 4].map(index =>
      padTo(b, context.input(index), [wholeBlocks(channels, block)]),
    ) as [Value, Value, Value, Value]
    const scale = b.emit('Mul', [gain, inverseDeviation(b, variance, attributes.epsilon, channels)])
    const offset = b.emit('Sub', [bias, b.emit('Mul', [scale, mean])])
    return [{ value: affine(b, context.input(0, 'blocked'), scale, offset), form: 'blocked' }]
  }
}

/**
 * With c = X - mean and n elements a channel: dBias = Σ dY, dScale = inv_std Σ dY c,
 * dX = scale inv_std (dY - dBias / n - c inv_std dScale / n).
 */
export function batchNormalizationGrad(block: BlockSize): Lowering<'BatchNormalizationGrad', Blocked> {
  return context => {
    const { b } = context
    if (!isPictures(context, 1))
      return plainBatchNormalizationGrad(context as LoweringContext<'BatchNormalizationGrad'>)
    const channels = context.shape(1)[1] as number
    const whole = wholeBlocks(channels, block)
    const [dy, x] = [context.input(0, 'blocked'), context.input(1, 'blocked')]
    const [scale, mean, inverse] = [2, 3, 4].map(index => padTo(b, context.input(index), [whole])) as [
      Value,
      Value,
      Value,
    ]
    const centered = affine(b, x, filled(b, [whole], 1), b.emit('Neg', [mean]))
    const share = b.scalar(-1 / countPerChannel(x))
    const dBias = b.emit('Mul', [batchMeans(b, dy), b.scalar(countPerChannel(x))])
    const dScale = b.emit('Mul', [sumPictures(b, pixelProducts(b, dy, centered)), inverse])
    const slope = b.emit('Mul', [b.emit('Mul', [dScale, inverse]), share])
    const residual = affine(b, centered, slope, b.emit('Mul', [dBias, share]), { addend: dy })
    const dx = affine(b, residual, b.emit('Mul', [scale, inverse]), null)
    return [{ value: dx, form: 'blocked' }, ...plain(first(b, dScale, channels, 0), first(b, dBias, channels, 0))]
  }
}

type InternalContext = LoweringContext<'BatchNormInternal', Blocked>

/** Whether an input is pictures of known size in single precision. */
function isPictures(context: Pick<InternalContext, 'shape' | 'input'>, index: number): boolean {
  const shape = context.shape(index)
  return shape.length === 4 && isStatic(shape) && context.input(index).type === 'float32'
}
