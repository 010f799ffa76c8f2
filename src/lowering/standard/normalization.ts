import type { Value } from '../../onnx/graph.js'
import { type Lowering, type LoweringContext, plain } from '../lowering.js'
import { axesBesideChannels, broadcastChannels, countElements } from './channels.js'

/**
 * Batch-norm in training form, of computed statistics and the operator's inference form.
 *
 * BatchNormalization with `training_mode` would do, but ONNX Runtime lets its outputs 1 and 2 share memory with inputs 3 and 4:
 * fed arrays and shared constants would be overwritten.
 */
export const batchNormInternal: Lowering<'BatchNormInternal'> = context => {
  if (!context.attributes.training_mode) context.unsupported('training_mode 1', context.attributes.training_mode)
  const { b } = context
  const { epsilon } = context.attributes
  const { mean, variance } = batchStatistics(context)
  const y = b.emit('BatchNormalization', [context.input(0), context.input(1), context.input(2), mean, variance], {
    epsilon,
  })
  const inverseDeviation = (): Value =>
    b.emit('Reciprocal', [b.emit('Sqrt', [b.emit('Add', [variance, b.scalar(epsilon)])])])
  return plain(
    y,
    context.wanted(1) ? runningValue(context, context.input(3), mean) : null,
    context.wanted(2) ? runningValue(context, context.input(4), variance) : null,
    context.wanted(3) ? mean : null,
    context.wanted(4) ? inverseDeviation() : null,
  )
}

/** The standard operator has the same trap where a graph uses it in training form. */
export const batchNormalization: Lowering<'BatchNormalization'> = context => {
  const { b, attributes } = context
  if (attributes.training_mode)
    return batchNormInternal({ ...context, attributes, wanted: i => i < 3 && context.wanted(i) })
  const inputs = [0, 1, 2, 3, 4].map(index => context.input(index))
  return plain(b.emit('BatchNormalization', inputs, { epsilon: attributes.epsilon }))
}

type BatchNormContext = LoweringContext<'BatchNormInternal'>

/** Mean and biased variance of each channel, in two passes: E[x²] - mean² would lose the digits that a large mean takes. */
function batchStatistics(context: BatchNormContext): { mean: Value; variance: Value } {
  const { b } = context
  const x = context.input(0)
  const rank = x.shape.length
  const axes = axesBesideChannels(rank)
  const mean = b.emit('ReduceMean', [x], { axes, keepdims: 0 })
  const centered = b.emit('Sub', [x, broadcastChannels(b, mean, rank)])
  const variance = b.emit('ReduceMean', [b.emit('Mul', [centered, centered])], { axes, keepdims: 0 })
  return { mean, variance }
}

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
  const [dy, x, scale, mean, inverse] = [0, 1, 2, 3, 4].map(index => context.input(index)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ]
  const rank = x.shape.length
  const axes = b.ints(axesBesideChannels(rank))
  const channels = (value: Value): Value => broadcastChannels(b, value, rank)
  const centered = b.emit('Sub', [x, channels(mean)])
  const dBias = b.emit('ReduceSum', [dy, axes], { keepdims: 0 })
  const dScale = b.emit('Mul', [b.emit('ReduceSum', [b.emit('Mul', [dy, centered]), axes], { keepdims: 0 }), inverse])
  if (!context.wanted(0)) return plain(null, dScale, dBias)
  const count = b.emit('Div', [countElements(b, x), countElements(b, scale)])
  const perElement = (value: Value): Value => channels(b.emit('Div', [value, count]))
  const slope = perElement(b.emit('Mul', [dScale, inverse]))
  const deviation = b.emit('Sub', [b.emit('Sub', [dy, perElement(dBias)]), b.emit('Mul', [centered, slope])])
  return plain(b.emit('Mul', [deviation, channels(b.emit('Mul', [scale, inverse]))]), dScale, dBias)
}

/**
 * With x̂ = (X - mean) inv_std, g = dY scale and means over the normalized axes: dX = inv_std (g - mean(g) - x̂ mean(g x̂));
 * dScale = Σ dY x̂ and dBias = Σ dY over the other axes.
 */
export const layerNormalizationGrad: Lowering<'LayerNormalizationGrad'> = context => {
  const { b } = context
  const [dy, x, scale, mean, inverse] = [0, 1, 2, 3, 4].map(index => context.input(index)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ]
  const rank = x.shape.length
  const first = context.attributes.axis < 0 ? context.attributes.axis + rank : context.attributes.axis
  const all = Array.from({ length: rank }, (_, axis) => axis)
  const normalized = b.emit('Mul', [b.emit('Sub', [x, mean]), inverse])
  const sum = (value: Value): Value =>
    first === 0 ? value : b.emit('ReduceSum', [value, b.ints(all.slice(0, first))], { keepdims: 0 })
  const average = (value: Value): Value => b.emit('ReduceMean', [value], { axes: all.slice(first), keepdims: 1 })
  const inputGradient = (): Value => {
    const g = b.emit('Mul', [dy, scale])
    const along = b.emit('Mul', [normalized, average(b.emit('Mul', [g, normalized]))])
    return b.emit('Mul', [b.emit('Sub', [b.emit('Sub', [g, average(g)]), along]), inverse])
  }
  return plain(
    context.wanted(0) ? inputGradient() : null,
    context.wanted(1) ? sum(b.emit('Mul', [dy, normalized])) : null,
    context.wanted(2) ? sum(dy) : null,
  )
}
