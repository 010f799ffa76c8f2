import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { type Lowering, type LoweringContext, plain, staticShape } from '../lowering.js'
import { filled } from '../standard/channels.js'
import { type Activation, hardSwish, hardSwishGradient, reluGradient, type ScaledGradient } from './activation.js'
import { countPerChannel, inverseDeviation, negatedShift, runningValue } from './batch-statistics.js'
import { affine, batchMeans } from './channels.js'
import { type Blocked, type BlockSize, first, padTo, reshape, wholeBlocks } from './layout.js'
import { crossProducts } from './matrices.js'
import { joinRows, splitRows } from './phases.js'
import { denseWeight, exchangedWeight, type WeightOrder } from './weights.js'

/**
 * A 1x1 convolution to more channels, batch-norm, activation. The statistics of the many channels follow from mean m and covariance C of
 * the few: W m and diag(W C Wᵀ). So they are known beforehand, the normalization is part of the weight, and nothing passes over the
 * large side but the convolution itself.
 */
export function gramConvBatchNorm(block: BlockSize): Lowering<'GramConvBatchNorm', Blocked> {
  return context => {
    const { b, attributes, input } = context
    const [outputs, inputs] = staticShape(context, context.shape(1)) as [number, number]
    const x = input(0, 'blocked')
    const weight = reshape(b, input(1), [outputs, inputs])
    const shift = negatedShift(b, first(b, x, 1, 0))
    const moved = affine(b, x, filled(b, [x.shape[1] as number], 1), shift)
    const shifted = attributes.split_rows ? splitRows(b, moved, block) : moved
    const mean = first(b, batchMeans(b, shifted), inputs, 0)
    const covariance = covarianceOf(b, shifted, mean, block)
    const weighted = b.emit('MatMul', [weight, covariance])
    const variance = b.emit('Max', [rowSums(b, b.emit('Mul', [weighted, weight])), b.scalar(0)])
    const inverse = inverseDeviation(b, variance, attributes.epsilon, outputs)
    const scale = b.emit('Mul', [input(2), inverse])
    const shiftedMean = timesVector(b, weight, mean)
    const offset = b.emit('Sub', [input(3), b.emit('Mul', [scale, shiftedMean])])
    const relu = attributes.activation === 'Relu' ? { activation: 'Relu' } : {}
    const kernel = pointwiseWeight(b, scaleRows(b, weight, scale), denseWeight, block)
    const bias = padTo(b, offset, [wholeBlocks(outputs, block)])
    const activated = b.emit('nchwc.Conv', [shifted, kernel, bias], { kernel_shape: [1, 1], ...relu })
    const y = attributes.activation === 'HardSwish' ? hardSwish(b, activated) : activated
    const batchMean = b.emit('Sub', [shiftedMean, timesVector(b, weight, first(b, shift, inputs, 0))])
    return [
      { value: y, form: 'blocked' },
      ...plain(
        runningValue(b, input(4), batchMean, attributes.momentum),
        runningValue(b, input(5), variance, attributes.momentum),
      ),
      { value: shifted, form: 'blocked' },
      ...plain(mean, inverse, weighted),
      { value: activated, form: 'blocked' },
    ]
  }
}

type GradContext = LoweringContext<'GramConvBatchNormGrad', Blocked>

/**
 * With g the gradient of batch-norm's output, x the centered input and n pixels, a = scale inv_std and r = inv_std² Σ(g W x)/n:
 * dW = a (Σ g xᵀ - n r W C) and dX = Wᵀ a g - Wᵀ a Σg/n - (Wᵀ a r W) x, again without a pass over the large side but for the
 * convolution of g.
 */
export function gramConvBatchNormGrad(block: BlockSize): Lowering<'GramConvBatchNormGrad', Blocked> {
  return context => {
    const { b, input, wanted } = context
    const [outputs, inputs] = staticShape(context, context.shape(1)) as [number, number]
    const weight = reshape(b, input(1), [outputs, inputs])
    const [shifted, mean, inverse, weighted] = [input(3, 'blocked'), input(4), input(5), input(6)]
    const g = activationGradient(context)
    const count = countPerChannel(g.value)
    const gMean = first(b, batchMeans(b, g.value), outputs, 0)
    const products = crossProducts(b, { x: g.value, count: outputs }, { x: shifted, count: inputs }, block)
    const meanProducts = b.emit('Mul', [products, b.scalar(1 / count)])
    const centered = b.emit('Sub', [meanProducts, outer(b, gMean, mean)])
    const normalized = b.emit('Mul', [inverse, rowSums(b, b.emit('Mul', [centered, weight]))])
    const ratio = b.emit('Mul', [inverse, normalized])
    const scale = b.emit('Mul', [b.emit('Mul', [input(2), inverse]), b.scalar(g.factor)])
    const total = b.scalar(count)
    const dw = b.emit('Sub', [centered, scaleRows(b, weighted, ratio)])
    const scaled = scaleRows(b, weight, scale)
    const dx = wanted(0) ? inputGradient(context, g.value, { scaled, weight, ratio, gMean, mean }, block) : null
    const sum = (value: Value): Value => b.emit('Mul', [value, b.scalar(count * g.factor)])
    return [
      dx && { value: dx, form: 'blocked' },
      ...plain(
        reshape(b, scaleRows(b, dw, b.emit('Mul', [scale, total])), [outputs, inputs, 1, 1]),
        sum(normalized),
        sum(gMean),
      ),
    ]
  }
}

function activationGradient({ b, input, attributes }: GradContext): ScaledGradient {
  const [dy, activated] = [input(0, 'blocked'), input(7, 'blocked')]
  const activation = attributes.activation as Activation
  if (activation === 'Relu') return reluGradient(b, dy, activated)
  if (activation === '') return { value: dy, factor: 1 }
  const channels = activated.shape[1] as number
  return hardSwishGradient(b, dy, activated, filled(b, [channels], 1), filled(b, [channels], 0))
}

interface InputGradientParts {
  /** W times scale, inverse deviation and the gradient's factor, [O, I] */
  readonly scaled: Value
  readonly weight: Value
  /** r, [O] */
  readonly ratio: Value
  readonly gMean: Value
  readonly mean: Value
}

function inputGradient(
  { b, input, attributes }: GradContext,
  g: Value,
  { scaled, weight, ratio, gMean, mean }: InputGradientParts,
  block: BlockSize,
): Value {
  const shifted = input(3, 'blocked')
  const own = b.emit('Neg', [b.emit('Gemm', [scaleRows(b, scaled, ratio), weight], { transA: 1 })])
  const level = b.emit('Add', [timesVector(b, own, mean), timesVector(b, scaled, gMean, true)])
  const bias = padTo(b, b.emit('Neg', [level]), [shifted.shape[1] as number])
  const ofInput = b.emit('nchwc.Conv', [shifted, pointwiseWeight(b, own, denseWeight, block), bias], {
    kernel_shape: [1, 1],
  })
  const kernel = pointwiseWeight(b, scaled, exchangedWeight, block)
  const dx = b.emit('nchwc.Conv', [g, kernel, null, ofInput], { kernel_shape: [1, 1] })
  return attributes.split_rows ? joinRows(b, dx, block) : dx
}

/** E[x xᵀ] - m mᵀ of pictures whose mean m is near zero, [C, C]. */
function covarianceOf(b: GraphBuilder, x: Value, mean: Value, block: BlockSize): Value {
  const channels = { x, count: mean.shape[0] as number }
  const products = crossProducts(b, channels, channels, block)
  return b.emit('Sub', [b.emit('Mul', [products, b.scalar(1 / countPerChannel(x))]), outer(b, mean, mean)])
}

/** A 1x1 weight [O, I] in the order of the kernels. */
function pointwiseWeight(b: GraphBuilder, weight: Value, order: WeightOrder, block: BlockSize): Value {
  const [outputs, inputs] = (weight.shape as readonly number[]).map(size => wholeBlocks(size, block))
  return order(b, reshape(b, padTo(b, weight, [outputs!, inputs!]), [outputs!, inputs!, 1, 1]), block)
}

/** u vᵀ */
function outer(b: GraphBuilder, u: Value, v: Value): Value {
  return b.emit('Mul', [reshape(b, u, [u.shape[0] as number, 1]), v])
}

/** M v, or Mᵀ v. */
function timesVector(b: GraphBuilder, matrix: Value, vector: Value, transposed = false): Value {
  if (!transposed) return b.emit('MatMul', [matrix, vector])
  return b.emit('MatMul', [vector, matrix])
}

function rowSums(b: GraphBuilder, matrix: Value): Value {
  return b.emit('ReduceSum', [matrix, b.ints([1])], { keepdims: 0 })
}

/** diag(factors) M */
function scaleRows(b: GraphBuilder, matrix: Value, factors: Value): Value {
  return b.emit('Mul', [matrix, reshape(b, factors, [factors.shape[0] as number, 1])])
}
