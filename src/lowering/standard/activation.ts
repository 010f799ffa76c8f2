import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { type Lowering, plain } from '../lowering.js'

/**
 * 1 where a value is positive, 0 elsewhere: clip(2^100 x, 0, 1), which HardSigmoid computes in one pass. Exact for every float32
 * but those between 0 and 2^-100. Multiplying with it takes a fraction of the time that `Where` does; unlike `Where` it lets a dY
 * that is not finite through as NaN.
 */
function isPositive(b: GraphBuilder, x: Value): Value {
  return b.emit('HardSigmoid', [x], { alpha: 2 ** 100, beta: 0 })
}

/** dY where Y > 0; Y may be the input as well as the output. */
export const reluGrad: Lowering<'ReluGrad'> = context => {
  const { b } = context
  return plain(b.emit('Mul', [context.input(0), isPositive(b, context.input(1))]))
}

/** dY where Y > 0, else alpha dY. */
export const leakyReluGrad: Lowering<'LeakyReluGrad'> = context => {
  const { b } = context
  const { alpha } = context.attributes
  const step = b.emit('Mul', [isPositive(b, context.input(1)), b.scalar(1 - alpha)])
  return plain(b.emit('Mul', [context.input(0), b.emit('Add', [step, b.scalar(alpha)])]))
}

/** dY Y (1 - Y) */
export const sigmoidGrad: Lowering<'SigmoidGrad'> = context => {
  const { b } = context
  const y = context.input(1)
  const slope = b.emit('Mul', [y, b.emit('Sub', [b.scalar(1), y])])
  return plain(b.emit('Mul', [context.input(0), slope]))
}

/** dY (1 - Y²) */
export const tanhGrad: Lowering<'TanhGrad'> = context => {
  const { b } = context
  const y = context.input(1)
  const slope = b.emit('Sub', [b.scalar(1), b.emit('Mul', [y, y])])
  return plain(b.emit('Mul', [context.input(0), slope]))
}

/** alpha dY where 0 < Y < 1. Y (1 - Y) is positive there and nowhere else. */
export const hardSigmoidGrad: Lowering<'HardSigmoidGrad'> = context => {
  const { b } = context
  const y = context.input(1)
  const inside = isPositive(b, b.emit('Mul', [y, b.emit('Sub', [b.scalar(1), y])]))
  const slope = b.emit('Mul', [inside, b.scalar(context.attributes.alpha)])
  return plain(b.emit('Mul', [context.input(0), slope]))
}

/**
 * 0 up to -3, 1 from 3 on, x/3 + 1/2 between: 2h - ([x > -3] + [x >= 3]) / 2 with h = clip(x/6 + 1/2, 0, 1). The brackets are
 * clipped lines as well, exactly 0 or 1, since float32's numbers next to 3 are 2^-22 apart.
 */
export const hardSwishGrad: Lowering<'HardSwishGrad'> = context => {
  const { b } = context
  const clippedLine = (alpha: number, beta: number): Value => b.emit('HardSigmoid', [context.input(1)], { alpha, beta })
  const steps = 2 ** 22
  const ends = b.emit('Add', [clippedLine(steps, 3 * steps), clippedLine(steps, 1 - 3 * steps)])
  const twice = b.emit('Mul', [clippedLine(1 / 6, 0.5), b.scalar(2)])
  const slope = b.emit('Sub', [twice, b.emit('Mul', [ends, b.scalar(0.5)])])
  return plain(b.emit('Mul', [context.input(0), slope]))
}

/** Y (dY - Σ Y dY) along the axis. */
export const softmaxGrad: Lowering<'SoftmaxGrad_13'> = context => {
  const { b } = context
  const [dy, y] = [context.input(0), context.input(1)]
  const sum = b.emit('ReduceSum', [b.emit('Mul', [y, dy]), b.ints([context.attributes.axis])], { keepdims: 1 })
  return plain(b.emit('Mul', [y, b.emit('Sub', [dy, sum])]))
}

/** dY - exp(Y) Σ dY along the axis. */
export const logSoftmaxGrad: Lowering<'LogSoftmaxGrad_13'> = context => {
  const { b } = context
  const [dy, y] = [context.input(0), context.input(1)]
  const sum = b.emit('ReduceSum', [dy, b.ints([context.attributes.axis])], { keepdims: 1 })
  return plain(b.emit('Sub', [dy, b.emit('Mul', [b.emit('Exp', [y]), sum])]))
}

/** dY / (1 - ratio) where the mask kept the element. `training_mode` changes nothing, as in ONNX Runtime's own kernel. */
export const dropoutGrad: Lowering<'DropoutGrad'> = context => {
  const { b } = context
  const kept = b.emit('Mul', [context.input(0), b.emit('Cast', [context.input(1)], { to: 1 })])
  const ratio = context.has(2) ? context.input(2) : b.scalar(0.5)
  return plain(b.emit('Div', [kept, b.emit('Sub', [b.scalar(1), ratio])]))
}
