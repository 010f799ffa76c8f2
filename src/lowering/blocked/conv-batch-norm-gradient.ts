import type { Value } from '../../onnx/graph.js'
import { type Lowering, type LoweringContext, plain } from '../lowering.js'
import { hardSwishGradient, reluGradient, type ScaledGradient } from './activation.js'
import { countPerChannel, normalization } from './batch-statistics.js'
import { affine, batchMeans, pixelProducts, sumPictures } from './channels.js'
import { convolutionShape } from './convolution.js'
import { weightPart } from './convolution-gradient.js'
import { inputGradient } from './input-gradient.js'
import { type Blocked, type BlockSize, first, padTo, reshape, wholeBlocks } from './layout.js'
import { collectTaps, splitConvolution } from './phases.js'

type Context = LoweringContext<'ConvBatchNormGrad', Blocked>

/**
 * With g the gradient of batch-norm's output, c the centered input of it and n elements a channel, the convolution's output has the
 * gradient scale inv_std r, where r = g - Σg/n - c inv_std² Σ(g c)/n. The factor is multiplied into the weight and its gradient, which
 * are smaller.
 */
export function convBatchNormGrad(block: BlockSize): Lowering<'ConvBatchNormGrad', Blocked> {
  return context => {
    const { b, input } = context
    const channels = context.shape(2)[0] as number
    const [gain, bias, mean, inverse] = [3, 4, 6, 7].map(index =>
      padTo(b, input(index), [wholeBlocks(channels, block)]),
    ) as [Value, Value, Value, Value]
    const centered = input(5, 'blocked')
    const { scale, offset } = normalization(b, gain, bias, mean, inverse)
    const g = activationGradient(context, centered, scale, offset)
    const { gMean, normalized, residual } = normalizationGradient(context, g.value, centered, mean, inverse)
    const own = (value: Value): Value => first(b, value, channels, 0)
    const factor = b.emit('Mul', [own(scale), b.scalar(g.factor)])
    const total = b.scalar(countPerChannel(centered) * g.factor)
    const [dx, dw] = convolutionGradients(context, residual, reshape(b, factor, [channels, 1, 1, 1]), block)
    return [
      dx && { value: dx, form: 'blocked' },
      ...plain(dw, own(b.emit('Mul', [normalized, total])), own(b.emit('Mul', [gMean, total]))),
    ]
  }
}

function activationGradient(
  { b, input, attributes }: Context,
  centered: Value,
  scale: Value,
  offset: Value,
): ScaledGradient {
  const dy = input(0, 'blocked')
  if (attributes.activation === 'Relu') return reluGradient(b, dy, input(8, 'blocked'))
  if (attributes.activation === 'HardSwish') return hardSwishGradient(b, dy, centered, scale, offset)
  return { value: dy, factor: 1 }
}

interface NormalizationGradient {
  /** Σg/n */
  readonly gMean: Value
  /** inv_std Σ(g (c - mean))/n */
  readonly normalized: Value
  /** r; written into the memory of g where nothing reads that later */
  readonly residual: Value
}

function normalizationGradient(
  { b }: Context,
  g: Value,
  centered: Value,
  mean: Value,
  inverse: Value,
): NormalizationGradient {
  const gMean = batchMeans(b, g)
  const products = sumPictures(b, pixelProducts(b, g, centered))
  const meanProduct = b.emit('Mul', [products, b.scalar(1 / countPerChannel(centered))])
  const normalized = b.emit('Mul', [inverse, b.emit('Sub', [meanProduct, b.emit('Mul', [mean, gMean])])])
  const slope = b.emit('Neg', [b.emit('Mul', [inverse, normalized])])
  const level = b.emit('Neg', [b.emit('Add', [gMean, b.emit('Mul', [slope, mean])])])
  return { gMean, normalized, residual: affine(b, centered, slope, level, { addend: g }) }
}

/** The gradients of the convolution's input and weight, where they are wanted; `factors` [O, 1, 1, 1]. */
function convolutionGradients(
  context: Context,
  residual: Value,
  factors: Value,
  block: BlockSize,
): [dx: Value | null, dw: Value | null] {
  const { b, input, attributes, wanted } = context
  const shape = convolutionShape(attributes, context.shape(1), context.shape(2))!
  const split = attributes.split_rows ? splitConvolution(shape) : null
  const dx = (): Value => inputGradient(b, residual, b.emit('Mul', [input(2), factors]), shape, block, split !== null)!
  const dw = (): Value => {
    const gradient = weightPart(context, residual, split ?? shape, block)
    return b.emit('Mul', [split ? collectTaps(b, gradient, shape, split) : gradient, factors])
  }
  return [wanted(0) ? dx() : null, wanted(1) ? dw() : null]
}
