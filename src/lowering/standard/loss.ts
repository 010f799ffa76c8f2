import type { Value } from '../../onnx/graph.js'
import { tensor } from '../../tensor.js'
import { type Lowering, type LoweringContext, plain, staticShape } from '../lowering.js'
import { countElements } from './channels.js'

type LossContext = LoweringContext<'SoftmaxCrossEntropyLossGrad'>

/**
 * (exp(log_prob) - one-hot(label)) w dY, where w is the label's weight, 0 for `ignore_index`; with reduction "mean" divided by
 * the sum of all w.
 */
export const softmaxCrossEntropyLossGrad: Lowering<'SoftmaxCrossEntropyLossGrad'> = context => {
  const { b } = context
  const label = context.input(2).type === 'int64' ? context.input(2) : b.emit('Cast', [context.input(2)], { to: 7 })
  const oneHot = b.emit('OneHot', [label, b.scalar(classCount(context), 'int64'), zeroAndOne(context)], { axis: 1 })
  const difference = b.emit('Sub', [b.emit('Exp', [context.input(1)]), oneHot])
  const share = labelShare(context, label, oneHot)
  const scale = b.emit('Mul', [context.input(0), share])
  const perLabel = scale.shape.length > 0
  return plain(b.emit('Mul', [difference, perLabel ? b.emit('Unsqueeze', [scale, b.ints([1])]) : scale]))
}

/** What each label counts for: its weight, with reduction "mean" divided by the sum of all. */
function labelShare(context: LossContext, label: Value, oneHot: Value): Value {
  const { b } = context
  const weight = labelWeight(context, label, oneHot)
  if (context.attributes.reduction !== 'mean') return weight ?? b.scalar(1)
  if (!weight) return b.emit('Reciprocal', [countElements(b, label)])
  const total = b.emit('ReduceSum', [weight], { keepdims: 0 })
  // Where every label is ignored, nothing has a share, rather than 0 / 0.
  return b.emit('Div', [weight, b.emit('Max', [total, b.scalar(smallestTotal)])])
}

const smallestTotal = 1e-30

function classCount(context: LossContext): number {
  return staticShape(context, [context.shape(1)[1]!])[0]!
}

function zeroAndOne({ b }: LossContext): Value {
  return b.constant(tensor('float32', [2], Float32Array.of(0, 1)))
}

/** The weight of each label; null where every label counts 1. */
function labelWeight(context: LossContext, label: Value, oneHot: Value): Value | null {
  const { b } = context
  const { ignore_index } = context.attributes
  const ignored = ignore_index === undefined ? null : b.emit('Equal', [label, b.scalar(ignore_index, 'int64')])
  const kept = ignored && b.emit('Cast', [b.emit('Not', [ignored])], { to: 1 })
  if (!context.has(3)) return kept
  const spatial = Array<number>(context.shape(1).length - 2).fill(1)
  const perClass = b.emit('Reshape', [context.input(3), b.ints([1, -1, ...spatial])])
  // Not by Gather, which an ignored label outside the classes would make fail.
  const weight = b.emit('ReduceSum', [b.emit('Mul', [oneHot, perClass]), b.ints([1])], { keepdims: 0 })
  return kept ? b.emit('Mul', [weight, kept]) : weight
}
