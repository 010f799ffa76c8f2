import type { GraphBuilder } from '../../onnx/builder.js'
import { isStatic } from '../../onnx/dims.js'
import type { Shape, Value } from '../../onnx/graph.js'
import type { OpAttributes } from '../../onnx/op-table.js'
import { resolveWindow, type Window } from '../../onnx/window.js'
import type { Lowering, LoweringContext } from '../lowering.js'
import { type Blocked, type BlockSize, padTo, reshape, wholeBlocks } from './layout.js'
import { denseWeight, firstAxisInBlocks } from './weights.js'

/** What a convolution does, every size known. */
export interface ConvolutionShape {
  readonly kind: 'dense' | 'depthwise'
  /** [N, C, H, W] */
  readonly x: readonly number[]
  /** [O, I, h, w] */
  readonly w: readonly number[]
  readonly window: Window
}

/** The shape of a convolution that the blocked kernels have; null for any other. */
export function convolutionShape(attributes: OpAttributes<'Conv'>, x: Shape, w: Shape): ConvolutionShape | null {
  if (x.length !== 4 || !isStatic(x) || !isStatic(w)) return null
  const depthwise = attributes.group === x[1] && attributes.group === w[0]
  if (attributes.group !== 1 && !depthwise) return null
  const kind = depthwise && attributes.group > 1 ? 'depthwise' : 'dense'
  return { kind, x, w, window: resolveWindow(attributes, w.slice(2)) }
}

/** Whether a convolution is a matrix product on vectors: 1x1 on pictures of one pixel, as in squeeze-and-excitation. */
export function isVectorProduct({ kind, x, w, window }: ConvolutionShape): boolean {
  return kind === 'dense' && [...x.slice(2), ...w.slice(2)].every(n => n === 1) && window.pads.every(pad => pad === 0)
}

/** Convolution in the blocked layout; pictures of few channels enter as they are. */
export function convolution(block: BlockSize): Lowering<'Conv', Blocked> {
  return context => {
    const { b } = context
    const shape = convolutionShape(context.attributes, context.shape(0), context.shape(1))
    if (!shape || context.input(0).type !== 'float32') return context.copied()
    const bias = context.has(2) ? context.input(2) : null
    if (isVectorProduct(shape)) return [{ value: vectorProduct(context, shape, bias), form: 'plain' }]
    const paddedBias = bias && padTo(b, bias, [wholeBlocks(shape.w[0]!, block)])
    const plainInput = entersPlain(context, shape, block)
    const x = context.input(0, plainInput ? 'plain' : 'blocked')
    const weight = kernelWeight(b, context.input(1), shape, block, plainInput)
    return [{ value: convolve(b, x, weight, shape.kind, shape.window, paddedBias), form: 'blocked' }]
  }
}

/** Whether a convolution takes its input unblocked: a block would be mostly padding. */
export function entersPlain(
  context: Pick<LoweringContext<'Conv', Blocked>, 'isIn'>,
  { kind, x }: ConvolutionShape,
  block: BlockSize,
): boolean {
  return kind === 'dense' && x[1]! < block && !context.isIn(0, 'blocked')
}

/** A weight [O, I, h, w] in the order of the kernels, padded with zeros to whole blocks. */
export function kernelWeight(
  b: GraphBuilder,
  weight: Value,
  { kind, w: [o, i, h, w] }: ConvolutionShape,
  block: BlockSize,
  plainInput = false,
): Value {
  const outputs = wholeBlocks(o!, block)
  const inputs = kind === 'depthwise' ? 1 : plainInput ? i! : wholeBlocks(i!, block)
  const order = kind === 'depthwise' || plainInput ? firstAxisInBlocks : denseWeight
  return order(b, padTo(b, weight, [outputs, inputs, h!, w!]), block)
}

/** Emits the kernel. Weight and bias are in its form. */
export function convolve(
  b: GraphBuilder,
  x: Value,
  weight: Value,
  kind: ConvolutionShape['kind'],
  { kernel, strides, dilations, pads }: Window,
  bias: Value | null = null,
): Value {
  const group = kind === 'depthwise' ? (x.shape[1] as number) : 1
  return b.emit('nchwc.Conv', [x, weight, bias], { kernel_shape: kernel, strides, dilations, pads, group })
}

/** X Wᵀ + B on the only pixel. */
function vectorProduct(
  { b, input }: LoweringContext<'Conv', Blocked>,
  { x, w }: ConvolutionShape,
  bias: Value | null,
): Value {
  const rows = reshape(b, input(0), [x[0]!, x[1]!])
  const product = b.emit('Gemm', [rows, reshape(b, input(1), [w[0]!, w[1]!]), bias], { transB: 1 })
  return reshape(b, product, [x[0]!, w[0]!, 1, 1])
}
