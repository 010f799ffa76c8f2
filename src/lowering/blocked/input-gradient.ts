import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { elementCount } from '../../tensor.js'
import { type ConvolutionShape, convolve } from './convolution.js'
import { type GradientPhase, gradientPhases } from './gradient-phases.js'
import { type BlockSize, first, padTo, reshape, wholeBlocks } from './layout.js'
import { exchangedWeight, firstAxisInBlocks } from './weights.js'

/**
 * The gradient of a convolution's input: convolutions of dY, one for each phase of rows and columns, woven together. Null where they
 * cannot say it.
 *
 * @param dy blocked
 * @param weight [O, I, h, w] as the forward convolution has it, plain
 * @param splitRows whether the input's rows are split (`phases.ts`)
 */
export function inputGradient(
  b: GraphBuilder,
  dy: Value,
  weight: Value,
  shape: ConvolutionShape,
  block: BlockSize,
  splitRows = false,
): Value | null {
  const [rows, columns] = [gradientPhases(shape, 0), gradientPhases(shape, 1)]
  if (!rows || !columns) return null
  const exchanged = backwardWeight(b, weight, shape, block)
  const parts = rows.map(row => columns.map(column => phaseGradient(b, dy, exchanged, shape, [row, column], block)))
  if (splitRows) return weave(b, parts.flat(), 2, block)
  const bands = parts.map(row => weave(b, row, 3, block))
  return crop(b, weave(b, bands, 2, block), shape.x, block)
}

/** The weight of the convolution from outputs to inputs, in the order of the kernels. */
function backwardWeight(b: GraphBuilder, weight: Value, { kind, w }: ConvolutionShape, block: BlockSize): Value {
  const [o, i, ...kernel] = w
  const whole = [wholeBlocks(o!, block), kind === 'dense' ? wholeBlocks(i!, block) : 1, ...kernel]
  const order = kind === 'dense' ? exchangedWeight : firstAxisInBlocks
  return order(b, padTo(b, weight, whole), block)
}

function phaseGradient(
  b: GraphBuilder,
  dy: Value,
  weight: Value,
  { kind, window }: ConvolutionShape,
  [row, column]: readonly [GradientPhase, GradientPhase],
  block: BlockSize,
): Value {
  const kernel = [row.taps.length, column.taps.length]
  const pads = [row.pads[0], column.pads[0], row.pads[1], column.pads[1]]
  const reversed = { kernel, strides: [1, 1], dilations: [row.dilation, column.dilation], pads }
  const taps = row.taps.flatMap(i => column.taps.map(j => i * window.kernel[1]! + j))
  return convolve(b, dy, takeTaps(b, weight, taps, kernel, kind === 'dense' ? block * block : block), kind, reversed)
}

/** A part of a weight's taps, in the order asked for; `unit` numbers lie together at each tap. */
function takeTaps(
  b: GraphBuilder,
  weight: Value,
  taps: readonly number[],
  kernel: readonly number[],
  unit: number,
): Value {
  const [outputs, inputs, ...size] = weight.shape as readonly number[]
  const count = elementCount(size)
  if (taps.length === count && taps.every((tap, i) => tap === i)) return weight
  const all = reshape(b, weight, [(outputs! * inputs!) / unit, count, unit])
  return reshape(b, b.emit('Gather', [all, b.ints(taps)], { axis: 1 }), [outputs!, inputs!, ...kernel])
}

/** Rows (axis 2) or columns (axis 3) of several blocked values in turn: the first of each, the second of each, ... */
function weave(b: GraphBuilder, parts: readonly Value[], axis: 2 | 3, block: BlockSize): Value {
  if (parts.length === 1) return parts[0]!
  const shape = parts[0]!.shape as readonly number[]
  const unit = axis === 3 ? block : shape[3]! * block
  const rows = parts.map(part => reshape(b, part, [elementCount(shape) / unit, unit]))
  return reshape(
    b,
    b.emit('Concat', rows, { axis: 1 }),
    shape.map((dim, i) => (i === axis ? dim * parts.length : dim)),
  )
}

/** The first rows and columns of a blocked value. */
function crop(b: GraphBuilder, value: Value, [, , height, width]: readonly number[], block: BlockSize): Value {
  const [batch, channels, ...size] = value.shape as readonly number[]
  if (size[0] === height && size[1] === width) return value
  const pixels = reshape(b, value, [(batch! * channels!) / block, ...size, block])
  return reshape(b, first(b, first(b, pixels, height!, 1), width!, 2), [batch!, channels!, height!, width!])
}
