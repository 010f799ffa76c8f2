import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { tensor } from '../../tensor.js'
import { type Lowering, type LoweringContext, plain } from '../lowering.js'

/** Nothing happens in place here: the sum is an output of its own, and what had been in an overwritten buffer does not matter. */
export const inPlaceAccumulator: Lowering<'InPlaceAccumulatorV2'> = context => {
  const { b } = context
  const sum = b.emit('Add', [context.input(0), context.input(1)])
  const buffer = context.has(2) ? b.emit('Where', [asScalar(b, context.input(2)), context.input(1), sum]) : sum
  return plain(yes(b), buffer)
}

type AdamWContext = LoweringContext<'AdamWOptimizer'>

/** What a step multiplies with, as scalars. */
interface StepFactors {
  /** 1 - lr weight_decay */
  readonly decay: Value
  /** lr / (1 - alpha^t) sqrt(1 - beta^t); lr without bias correction */
  readonly rate: Value
  /** What is added to sqrt(v): epsilon, or epsilon sqrt(1 - beta^t) where the corrected v would get it. */
  readonly epsilon: Value
}

/**
 * AdamW on single tensors; ONNX Runtime's own works on sequences.
 *
 * `adam_mode` 0 is PyTorch's: decay first, then w -= lr m̂ / (sqrt(v̂) + epsilon). 1 is Hugging Face's: epsilon is added to the
 * uncorrected sqrt(v), decay comes last. Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
 */
export const adamWOptimizer: Lowering<'AdamWOptimizer'> = context => {
  const { b, attributes } = context
  const [w, g, m, v] = [2, 3, 4, 5].map(index => tensorInput(context, index)) as [Value, Value, Value, Value]
  const moment1 = blend(b, m, g, attributes.alpha)
  const moment2 = blend(b, v, b.emit('Mul', [g, g]), attributes.beta)
  const { decay, rate, epsilon } = stepFactors(context)
  const denominator = b.emit('Add', [b.emit('Sqrt', [moment2]), epsilon])
  const update = b.emit('Div', [b.emit('Mul', [moment1, rate]), denominator])
  const weights =
    attributes.adam_mode === 0
      ? b.emit('Sub', [b.emit('Mul', [w, decay]), update])
      : b.emit('Mul', [b.emit('Sub', [w, update]), decay])
  const ifAsked = (old: Value, value: Value): Value =>
    context.has(6) ? b.emit('Where', [asScalar(b, context.input(6)), value, old]) : value
  return plain(
    context.has(6) ? b.emit('Reshape', [context.input(6), b.ints([1])]) : yes(b),
    ifAsked(w, weights),
    ifAsked(m, moment1),
    ifAsked(v, moment2),
  )
}

function tensorInput(context: AdamWContext, index: number): Value {
  const value = context.input(index)
  return value.sequence ? context.unsupported('single tensors', 'sequences of tensors') : value
}

/** factor * old + (1 - factor) * value */
function blend(b: GraphBuilder, old: Value, value: Value, factor: number): Value {
  return b.emit('Add', [b.emit('Mul', [old, b.scalar(factor)]), b.emit('Mul', [value, b.scalar(1 - factor)])])
}

/** In float64: 1 - beta^t of a float32 beta^t would keep three digits at the first step. */
function stepFactors(context: AdamWContext): StepFactors {
  const { b, attributes } = context
  const double = (value: number): Value => b.constant(tensor('float64', [], Float64Array.of(value)))
  const toDouble = (value: Value): Value => b.emit('Cast', [asScalar(b, value)], { to: 11 })
  const toFloat = (value: Value): Value => b.emit('Cast', [value], { to: 1 })
  const lr = toDouble(context.input(0))
  const decay = toFloat(b.emit('Sub', [double(1), b.emit('Mul', [lr, double(attributes.weight_decay)])]))
  if (!attributes.correct_bias) return { decay, rate: toFloat(lr), epsilon: b.scalar(attributes.epsilon) }
  const step = toDouble(context.input(1))
  const correction = (base: number): Value => b.emit('Sub', [double(1), b.emit('Pow', [double(base), step])])
  const root = b.emit('Sqrt', [correction(attributes.beta)])
  const rate = toFloat(b.emit('Mul', [b.emit('Div', [lr, correction(attributes.alpha)]), root]))
  const epsilon =
    attributes.adam_mode === 0
      ? toFloat(b.emit('Mul', [root, double(attributes.epsilon)]))
      : b.scalar(attributes.epsilon)
  return { decay, rate, epsilon }
}

/** A value of one element as a scalar, which broadcasts to scalars too. */
function asScalar(b: GraphBuilder, value: Value): Value {
  return value.shape.length === 0 ? value : b.emit('Reshape', [value, b.ints([])])
}

/** The flag "updated". */
function yes(b: GraphBuilder): Value {
  return b.constant(tensor('bool', [1], Uint8Array.of(1)))
}
