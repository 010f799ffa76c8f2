import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { type Lowering, type LoweringContext, plain, staticShape } from '../lowering.js'
import { broadcastChannels, countPerChannel, filled, sumChannels } from './channels.js'

/**
 * Batch-norm in training form. Momentum 0 makes BatchNormalization's outputs 1 and 2 the batch's own mean and (biased) variance;
 * the running values are computed beside it.
 */
export const batchNormInternal: Lowering<'BatchNormInternal'> = context => {
  if (!context.attributes.training_mode) context.unsupported('training_mode 1', context.attributes.training_mode)
  const { b } = context
  const { epsilon } = context.attributes
  const x = context.input(0)
  const inputs = [x, context.input(1), context.input(2), ...scratch(b, x)]
  const attributes = { epsilon, momentum: 0, training_mode: 1 }
  const [y, mean, variance] = b.emitAll('BatchNormalization', inputs, attributes, 3) as [Value, Value, Value]
  const runningMean = runningValue(context, context.input(3), mean)
  const runningVariance = runningValue(context, context.input(4), variance)
  const inverse = b.emit('Reciprocal', [b.emit('Sqrt', [b.emit('Add', [variance, b.scalar(epsilon)])])])
  return plain(y, runningMean, runningVariance, mean, inverse)
}

/**
 * Two vectors of zeros for BatchNormalization's inputs 3 and 4, whose memory ONNX Runtime gives to outputs 1 and 2: a fed array,
 * a constant or a value of somebody else's would be overwritten. Made of X, they are shared at most by nodes that write the
 * same numbers; differently, so that no optimizer makes them one. Where X is not finite they are not zero, nor are its statistics.
 */
function scratch(b: GraphBuilder, x: Value): readonly [Value, Value] {
  const axes = x.shape.map((_, axis) => axis).filter(axis => axis !== 1)
  const first = b.emit('Slice', [x, b.ints(axes.map(() => 0)), b.ints(axes.map(() => 1)), b.ints(axes)])
  const row = b.emit('Reshape', [first, b.ints([-1])])
  return [b.emit('Mul', [row, b.scalar(0)]), b.emit('Sub', [row, row])]
}

/** The standard operator has the same trap where a graph uses it in training form. */
export const batchNormalization: Lowering<'BatchNormalization'> = context => {
  const { b, attributes } = context
  if (attributes.training_mode) return batchNormInternal({ ...context, attributes }).slice(0, 3)
  const inputs = [0, 1, 2, 3, 4].map(index => context.input(index))
  return plain(b.emit('BatchNormalization', inputs, { epsilon: attributes.epsilon }))
}

type BatchNormContext = LoweringContext<'BatchNormInternal'>

/** momentum * old + (1 - momentum) * batch */
function runningValue({ b, attributes: { momentum } }: BatchNormContext, old: Value, batch: Value): Value {
  return b.emit('Add', [b.emit('Mul', [old, b.scalar(momentum)]), b.emit('Mul', [batch, b.scalar(1 - momentum)])])
}

/**
 * With x̂ = (X - mean) inv_std and n elements a channel: dBias = Σ dY, dScale = Σ dY x̂,
 * dX = scale inv_std (dY - (dBias + x̂ dScale) / n).
 */
export const batchNormalizationGrad: Lowering<'BatchNormalizationGrad'> = context => {
  const { b } = context
  const [dy, x, scale, mean, inverse] = gradientInputs(context)
  const centered = b.emit('Sub', [x, broadcastChannels(b, mean, x.shape.length)])
  const dBias = sumChannels(b, dy)
  const dScale = b.emit('Mul', [sumChannels(b, b.emit('Mul', [dy, centered])), inverse])
  const channels = staticShape(context, [context.shape(1)[1]!])
  const factor = b.emit('Mul', [scale, inverse])
  const share = b.emit('Neg', [b.emit('Div', [factor, countPerChannel(b, x)])])
  const fromGradient = affine(b, dy, channels, factor, b.emit('Mul', [share, dBias]))
  const slope = b.emit('Mul', [b.emit('Mul', [share, dScale]), inverse])
  const dX = b.emit('Add', [fromGradient, affine(b, centered, channels, slope, null)])
  return plain(dX, dScale, dBias)
}

/** dY, X, scale, mean and inverse standard deviation, which both operators list so. */
function gradientInputs(
  context: LoweringContext<'BatchNormalizationGrad'> | LoweringContext<'LayerNormalizationGrad'>,
): readonly [Value, Value, Value, Value, Value] {
  return [context.input(0), context.input(1), context.input(2), context.input(3), context.input(4)]
}

/** factor x + offset, channel by channel: batch-norm's inference form with mean 0 and variance 1 does it in one pass. */
function affine(b: GraphBuilder, x: Value, channels: readonly number[], factor: Value, offset: Value | null): Value {
  const [zeros, ones] = [filled(b, channels, 0), filled(b, channels, 1)]
  return b.emit('BatchNormalization', [x, factor, offset ?? zeros, zeros, ones], { epsilon: 0 })
}

/**
 * With x̂ = (X - mean) inv_std, g = dY scale and means over the normalized axes: dX = inv_std (g - mean(g) - x̂ mean(g x̂));
 * dScale = Σ dY x̂ and dBias = Σ dY over the other axes.
 */
export const layerNormalizationGrad: Lowering<'LayerNormalizationGrad'> = context => {
  const { b } = context
  const [dy, x, scale, mean, inverse] = gradientInputs(context)
  const rank = x.shape.length
  const first = context.attributes.axis < 0 ? context.attributes.axis + rank : context.attributes.axis
  const all = Array.from({ length: rank }, (_, axis) => axis)
  const normalized = b.emit('Mul', [b.emit('Sub', [x, mean]), inverse])
  const sum = (value: Value): Value =>
    first === 0 ? value : b.emit('ReduceSum', [value, b.ints(all.slice(0, first))], { keepdims: 0 })
  const average = (value: Value): Value => b.emit('ReduceMean', [value], { axes: all.slice(first), keepdims: 1 })
  const g = b.emit('Mul', [dy, scale])
  const along = b.emit('Mul', [normalized, average(b.emit('Mul', [g, normalized]))])
  const dX = b.emit('Mul', [b.emit('Sub', [b.emit('Sub', [g, average(g)]), along]), inverse])
  return plain(dX, sum(b.emit('Mul', [dy, normalized])), sum(dy))
}
