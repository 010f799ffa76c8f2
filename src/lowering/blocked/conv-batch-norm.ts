import type { Value } from '../../onnx/graph.js'
import { type Lowering, type LoweringContext, plain } from '../lowering.js'
import { type Activation, activatedAffine, hardSwishGradient, reluGradient, type ScaledGradient } from './activation.js'
import { batchStatistics, countPerChannel, inverseDeviation, negatedShift, runningValue } from './batch-statistics.js'
import { affine, batchMeans, pixelProducts, sumPictures } from './channels.js'
import { type ConvolutionShape, convolutionShape, convolve, entersPlain, kernelWeight } from './convolution.js'
import { weightPart } from './convolution-gradient.js'
import { inputGradient } from './input-gradient.js'
import { type Blocked, type BlockSize, first, padTo, reshape, wholeBlocks } from './layout.js'

/**
 * Convolution, batch-norm, activation. The convolution is run on the first picture alone; what its channels average to there is
 * subtracted as a bias in the run on all, so that the variance keeps its digits.
 */
export function convBatchNorm(block: BlockSize): Lowering<'ConvBatchNorm', Blocked> {
  return context => {
    const { b, attributes, input } = context
    const shape = convolutionShape(attributes, context.shape(0), context.shape(1))!
    const channels = shape.w[0]!
    const padded = (index: number): Value => padTo(b, input(index), [wholeBlocks(channels, block)])
    const own = (value: Value): Value => first(b, value, channels, 0)
    const plainInput = entersPlain(context, shape, block)
    const x = input(0, plainInput ? 'plain' : 'blocked')
    const weight = kernelWeight(b, input(1), shape, block, plainInput)
    const shift = negatedShift(b, convolve(b, first(b, x, 1, 0), weight, shape.kind, shape.window))
    const centered = convolve(b, x, weight, shape.kind, shape.window, shift)
    const { mean, variance } = batchStatistics(b, centered)
    const inverse = inverseDeviation(b, variance, attributes.epsilon, channels)
    const { scale, offset } = normalization(context, padded(2), padded(3), mean, inverse)
    const y = activatedAffine(b, centered, scale, offset, attributes.activation as Activation)
    return [
      { value: y, form: 'blocked' },
      ...plain(
        runningValue(b, input(4), own(b.emit('Sub', [mean, shift])), attributes.momentum),
        runningValue(b, input(5), own(variance), attributes.momentum),
      ),
      { value: centered, form: 'blocked' },
      ...plain(own(mean), own(inverse)),
    ]
  }
}

/** gain inverse x + (bias - gain inverse mean) */
function normalization(
  { b }: Pick<GradContext, 'b'>,
  gain: Value,
  bias: Value,
  mean: Value,
  inverse: Value,
): { scale: Value; offset: Value } {
  const scale = b.emit('Mul', [gain, inverse])
  return { scale, offset: b.emit('Sub', [bias, b.emit('Mul', [scale, mean])]) }
}

type GradContext = LoweringContext<'ConvBatchNormGrad', Blocked>

/**
 * With g the gradient of batch-norm's output, c the centered input of it and n elements a channel, the convolution's output has the
 * gradient scale inv_std r, where r = g - Σg/n - c inv_std² Σ(g c)/n. The factor is multiplied into the weight and its gradient, which
 * are smaller.
 */
export function convBatchNormGrad(block: BlockSize): Lowering<'ConvBatchNormGrad', Blocked> {
  return context => {
    const { b, input, attributes, wanted } = context
    const shape = convolutionShape(attributes, context.shape(1), context.shape(2))!
    const channels = shape.w[0]!
    const padded = (index: number): Value => padTo(b, input(index), [wholeBlocks(channels, block)])
    const own = (value: Value): Value => first(b, value, channels, 0)
    const [gain, bias, mean, inverse] = [padded(3), padded(4), padded(6), padded(7)]
    const centered = input(5, 'blocked')
    const { scale, offset } = normalization(context, gain, bias, mean, inverse)
    const g = activationGradient(context, centered, scale, offset)
    const count = countPerChannel(centered)
    const gMean = batchMeans(b, g.value)
    const products = sumPictures(b, pixelProducts(b, g.value, centered))
    const productMean = b.emit('Sub', [b.emit('Mul', [products, b.scalar(1 / count)]), b.emit('Mul', [mean, gMean])])
    const normalized = b.emit('Mul', [inverse, productMean])
    const slope = b.emit('Neg', [b.emit('Mul', [inverse, normalized])])
    const level = b.emit('Neg', [b.emit('Add', [gMean, b.emit('Mul', [slope, mean])])])
    const residual = affine(b, centered, slope, level, { addend: g.value })
    const factor = b.emit('Mul', [own(scale), b.scalar(g.factor)])
    const perOutput = reshape(b, factor, [channels, 1, 1, 1])
    const total = b.scalar(count * g.factor)
    const dx = wanted(0) ? inputPart(context, residual, perOutput, shape, block) : null
    const dw = wanted(1) ? b.emit('Mul', [weightPart(context, residual, shape, block), perOutput]) : null
    return [
      dx && { value: dx, form: 'blocked' },
      ...plain(dw, own(b.emit('Mul', [normalized, total])), own(b.emit('Mul', [gMean, total]))),
    ]
  }
}

function activationGradient(
  { b, input, attributes }: GradContext,
  centered: Value,
  scale: Value,
  offset: Value,
): ScaledGradient {
  const dy = input(0, 'blocked')
  if (attributes.activation === 'Relu') return reluGradient(b, dy, input(8, 'blocked'))
  if (attributes.activation === 'HardSwish') return hardSwishGradient(b, dy, centered, scale, offset)
  return { value: dy, factor: 1 }
}

function inputPart(
  { b, input }: GradContext,
  residual: Value,
  perOutput: Value,
  shape: ConvolutionShape,
  block: BlockSize,
): Value {
  return inputGradient(b, residual, b.emit('Mul', [input(2), perOutput]), shape, block)!
}
