import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { tensor } from '../../tensor.js'
import { batchMeans, pixelProducts, sumPictures } from './channels.js'

/** Per-channel numbers of a batch, [C] of whole blocks. */
export interface BatchStatistics {
  readonly mean: Value
  readonly variance: Value
}

/**
 * Mean and variance of pictures that were shifted by {@link negatedShift} or the like: the variance is E[x²] - E[x]², which keeps its
 * digits where the mean is not many standard deviations from zero.
 */
export function batchStatistics(b: GraphBuilder, x: Value): BatchStatistics {
  const mean = batchMeans(b, x)
  const squares = sumPictures(b, pixelProducts(b, x, x))
  const meanSquare = b.emit('Mul', [squares, b.scalar(1 / countPerChannel(x))])
  const variance = b.emit('Sub', [meanSquare, b.emit('Mul', [mean, mean])])
  return { mean, variance: b.emit('Max', [variance, b.scalar(0)]) }
}

/**
 * Minus the channels' means over the first picture, [C]. Its distance from the batch's mean is at most sqrt(N) standard deviations of the
 * batch, since that picture is one N-th of it.
 */
export function negatedShift(b: GraphBuilder, firstPicture: Value): Value {
  return b.emit('Neg', [batchMeans(b, firstPicture)])
}

/** 1 / sqrt(variance + epsilon); finite for the channels that fill up the last block, whatever epsilon is. */
export function inverseDeviation(b: GraphBuilder, variance: Value, epsilon: number, channels: number): Value {
  const whole = variance.shape[0] as number
  const floors = Float32Array.from({ length: whole }, (_, channel) => (channel < channels ? epsilon : 1))
  const floor = channels === whole ? b.scalar(epsilon) : b.constant(tensor('float32', [whole], floors))
  return b.emit('Reciprocal', [b.emit('Sqrt', [b.emit('Add', [variance, floor])])])
}

/** Batch-norm as one scale-and-shift: gain inverse x + (bias - gain inverse mean). */
export function normalization(
  b: GraphBuilder,
  gain: Value,
  bias: Value,
  mean: Value,
  inverse: Value,
): { readonly scale: Value; readonly offset: Value } {
  const scale = b.emit('Mul', [gain, inverse])
  return { scale, offset: b.emit('Sub', [bias, b.emit('Mul', [scale, mean])]) }
}

/** momentum old + (1 - momentum) new */
export function runningValue(b: GraphBuilder, old: Value, value: Value, momentum: number): Value {
  return b.emit('Add', [b.emit('Mul', [old, b.scalar(momentum)]), b.emit('Mul', [value, b.scalar(1 - momentum)])])
}

/** Elements of each channel. */
export function countPerChannel(x: Value): number {
  const [batch, , height, width] = x.shape as readonly number[]
  return batch! * height! * width!
}
