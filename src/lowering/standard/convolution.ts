import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { resolveWindow, type Window } from '../../onnx/window.js'
import { type Lowering, type LoweringContext, plain, staticShape } from '../lowering.js'
import { sumChannels } from './channels.js'

type ConvGradContext = LoweringContext<'ConvGrad'>

/** The gradients of a convolution with respect to its input, weight and bias; only those that are wanted. */
export const convGrad: Lowering<'ConvGrad'> = context => {
  const window = resolveWindow(context.attributes, staticShape(context, context.shape(2)).slice(2))
  return plain(
    context.wanted(0) ? inputGradient(context, window) : null,
    context.wanted(1) ? weightGradient(context, window) : null,
    context.wanted(2) ? sumChannels(context.b, context.input(0)) : null,
  )
}

function inputGradient(context: ConvGradContext, window: Window): Value {
  return isPointwise(context, window) ? pointwiseInputGradient(context) : generalInputGradient(context, window)
}

/** A 1x1 convolution with the weight transposed: faster than ConvTranspose where pictures are small and channels many. */
function pointwiseInputGradient({ b, input }: ConvGradContext): Value {
  return b.emit('Conv', [input(0), exchange(b, input(2))])
}

/** The transposed convolution; what the forward strides left over at the end comes back as `output_padding`. */
function generalInputGradient(context: ConvGradContext, { kernel, strides, dilations, pads }: Window): Value {
  const rank = kernel.length
  const output_padding = strides.map((stride, i) => {
    if (stride === 1) return 0
    const [size, outputSize] = staticShape(context, [context.shape(1)[i + 2]!, context.shape(0)[i + 2]!])
    const covered = (outputSize! - 1) * stride + (kernel[i]! - 1) * dilations[i]! + 1
    return size! + pads[i]! + pads[i + rank]! - covered
  })
  const { group } = context.attributes
  return context.b.emit('ConvTranspose', [context.input(0), context.input(2)], {
    kernel_shape: kernel,
    strides,
    dilations,
    pads,
    group,
    output_padding,
  })
}

function weightGradient(context: ConvGradContext, window: Window): Value {
  return isPointwise(context, window) ? pointwiseWeightGradient(context) : generalWeightGradient(context, window)
}

function isPointwise({ attributes }: ConvGradContext, { kernel, strides, pads }: Window): boolean {
  return attributes.group === 1 && [...kernel, ...strides].every(n => n === 1) && pads.every(n => n === 0)
}

/** A 1x1 convolution is a matrix product, and so is its weight's gradient: dY X^T of each picture, then their sum. */
function pointwiseWeightGradient(context: ConvGradContext): Value {
  const { b } = context
  const matrix = (value: Value): Value => b.emit('Reshape', [value, b.ints([0, 0, -1])])
  const transposed = b.emit('Transpose', [matrix(context.input(1))], { perm: [0, 2, 1] })
  const products = b.emit('MatMul', [matrix(context.input(0)), transposed])
  const sum = b.emit('ReduceSum', [products, b.ints([0])], { keepdims: 0 })
  return b.emit('Reshape', [sum, b.ints(staticShape(context, context.shape(2)))])
}

/**
 * A convolution of X with dY as kernel, batch and channels exchanged, strides and dilations exchanged: `[C/G, G N, H, W]` with
 * `[M, N, Ho, Wo]` gives `[C/G, M, k, k]`, and possibly more where the forward strides left something over.
 */
function generalWeightGradient(context: ConvGradContext, { kernel, strides, dilations, pads }: Window): Value {
  const { b } = context
  const { group } = context.attributes
  const gradient = b.emit('Conv', [channelsFirst(context, group), exchange(b, context.input(0))], {
    kernel_shape: staticShape(context, context.shape(0)).slice(2),
    strides: dilations,
    dilations: strides,
    pads,
    group,
  })
  const spatial = kernel.map((_, i) => i + 2)
  const exact = gradient.shape.slice(2).join() === kernel.join()
  const trimmed = exact
    ? gradient
    : b.emit('Slice', [gradient, b.ints(kernel.map(() => 0)), b.ints(kernel), b.ints(spatial)])
  return exchange(b, trimmed)
}

/** X `[N, C, H, W]` as `[C/G, G N, H, W]`. */
function channelsFirst(context: ConvGradContext, group: number): Value {
  const { b } = context
  if (group === 1) return exchange(b, context.input(1))
  const [batch, channels, ...spatial] = staticShape(context, context.shape(1)) as [number, number, ...number[]]
  const grouped = b.emit('Reshape', [context.input(1), b.ints([batch, group, channels / group, ...spatial])])
  const moved = b.emit('Transpose', [grouped], { perm: [2, 1, 0, ...spatial.map((_, i) => i + 3)] })
  return b.emit('Reshape', [moved, b.ints([channels / group, group * batch, ...spatial])])
}

/** The first two axes exchanged. */
function exchange(b: GraphBuilder, value: Value): Value {
  return b.emit('Transpose', [value], { perm: [1, 0, ...value.shape.slice(2).map((_, i) => i + 2)] })
}
