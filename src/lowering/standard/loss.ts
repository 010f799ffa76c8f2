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
  const { reduction } = context.attributes
  const label = context.input(2).type === 'int64' ? context.input(2) : b.emit('Cast', [context.input(2)], { to: 7 })
  const oneHot = b.emit('OneHot', [label, b.scalar(classCount(context), 'int64'), zeroAndOne(context)], { axis: 1 })
  const weight = labelWeight(context, label, oneHot)
  let scale = context.input(0)
  if (reduction === 'mean') {
    const total = weight ? b.emit('ReduceSum', [weight], { keepdims: 0 }) : countElements(b, label)
    scale = b.emit('Div', [scale, total])
  }
  if (weight) scale = b.emit('Mul', [scale, weight])
  const perLabel = weight !== null || reduction === 'none'
  const difference = b.emit('Sub', [b.emit('Exp', [context.input(1)]), oneHot])
  return plain(b.emit('Mul', [difference, perLabel ? b.emit('Unsqueeze', [scale, b.ints([1])]) : scale]))
}

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
