import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { elementCount } from '../../tensor.js'
import type { ConvolutionShape } from './convolution.js'
import { type BlockSize, first, padTo, reshape, wholeBlocks } from './layout.js'
import { crossProducts } from './matrices.js'
import { firstAxisPlain } from './weights.js'

/** Whether a convolution is a matrix product at each pixel. */
export function isPointwise({ kind, window }: ConvolutionShape): boolean {
  const { kernel, strides, pads } = window
  return kind === 'dense' && [...kernel, ...strides].every(n => n === 1) && pads.every(pad => pad === 0)
}

/**
 * The gradient of a 1x1 convolution's weight, [O, I, 1, 1].
 *
 * @param dy blocked
 * @param x blocked
 */
export function pointwiseWeightGradient(
  b: GraphBuilder,
  dy: Value,
  x: Value,
  { w }: ConvolutionShape,
  block: BlockSize,
): Value {
  return reshape(b, crossProducts(b, { x: dy, count: w[0]! }, { x, count: w[1]! }, block), w)
}

/**
 * The gradient of a depthwise convolution's weight, [C, 1, h, w]: a depthwise convolution of X with dY as its kernel, where the channels
 * of all pictures lie side by side and stride and dilation change places; then the sum over the pictures.
 *
 * @param dy blocked
 * @param x blocked
 */
export function depthwiseWeightGradient(
  b: GraphBuilder,
  dy: Value,
  x: Value,
  { w, window }: ConvolutionShape,
  block: BlockSize,
): Value {
  const [batch, channels, ...size] = x.shape as readonly [number, number, number, number]
  const outputs = dy.shape.slice(2) as readonly number[]
  const all = batch * channels
  const pictures = reshape(b, x, [1, all, ...size])
  const kernels = reshape(b, dy, [all, 1, ...outputs])
  const attributes = { ...exchangedWindow(window, size, outputs), group: all }
  const found = b.emit('nchwc.Conv', [pictures, kernels], attributes)
  const kernel = found.shape.slice(2) as readonly number[]
  const taps = elementCount(kernel)
  const sum = b.emit('ReduceSum', [reshape(b, found, [batch, channels * taps]), b.ints([0])], { keepdims: 0 })
  return trim(b, firstAxisPlain(b, reshape(b, sum, [channels, 1, ...kernel]), block), w)
}

/**
 * The gradient of any dense weight, [O, I, h, w]: a convolution of X with dY as its kernel, where X's channels are the batch and each
 * picture is a group of its own, one plain channel in and O blocked ones out; then the sum over the pictures.
 *
 * @param dy blocked
 * @param x plain
 */
export function denseWeightGradient(
  b: GraphBuilder,
  dy: Value,
  x: Value,
  { w, window }: ConvolutionShape,
  block: BlockSize,
): Value {
  const [batch, inputs, ...size] = x.shape as readonly [number, number, number, number]
  const [, blocked, ...outputs] = dy.shape as readonly [number, number, number, number]
  const groups = batch < block ? batch : wholeBlocks(batch, block)
  const pictures = padTo(b, b.emit('Transpose', [x], { perm: [1, 0, 2, 3] }), [inputs, groups, ...size])
  const kernels = reshape(b, padTo(b, dy, [groups, blocked, ...outputs]), [groups * blocked, 1, ...outputs])
  const attributes = { ...exchangedWindow(window, size, outputs), group: groups }
  const found = b.emit('nchwc.Conv', [pictures, kernels], attributes)
  const kernel = found.shape.slice(2) as readonly number[]
  const taps = elementCount(kernel)
  const sum = b.emit('ReduceSum', [reshape(b, found, [inputs, groups, blocked * taps]), b.ints([1])], { keepdims: 0 })
  const parts = reshape(b, sum, [inputs, blocked / block, taps, block])
  const plain = b.emit('Transpose', [parts], { perm: [1, 3, 0, 2] })
  return trim(b, reshape(b, plain, [blocked, inputs, ...kernel]), w)
}

/** The window of the convolution of X with dY: at least the forward kernel comes out of it, more where the forward strides left a rest. */
function exchangedWindow(
  { kernel, strides, dilations, pads }: ConvolutionShape['window'],
  size: readonly number[],
  outputs: readonly number[],
): {
  kernel_shape: readonly number[]
  strides: readonly number[]
  dilations: readonly number[]
  pads: readonly number[]
} {
  const ends = kernel.map((taps, i) => {
    const needed = (taps - 1) * dilations[i]! + (outputs[i]! - 1) * strides[i]! + 1
    return Math.max(0, needed - size[i]! - pads[i]!)
  })
  return { kernel_shape: outputs, strides: dilations, dilations: strides, pads: [...pads.slice(0, 2), ...ends] }
}

/** The weight's own part of a gradient with more outputs or taps. */
function trim(b: GraphBuilder, gradient: Value, [outputs, , height, width]: readonly number[]): Value {
  return first(b, first(b, first(b, gradient, outputs!, 0), height!, 2), width!, 3)
}
