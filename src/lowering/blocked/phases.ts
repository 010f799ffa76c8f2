import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { windowOutput } from '../../onnx/window.js'
import type { ConvolutionShape } from './convolution.js'
import { type BlockSize, first, padTo, reshape } from './layout.js'

/**
 * Pictures whose rows are split: first the even columns, then the odd ones, [N, C, 2H, W/2]. A depthwise convolution with stride 2 reads
 * them with steps of 4 rows and 1 column, and the gradient of its input, which comes in one part for each parity of row and column, is
 * put together of whole half rows instead of single pixels.
 */

/** Splits the rows of blocked pictures: pixels in pairs are reordered as two blocks of channels are. */
export function splitRows(b: GraphBuilder, x: Value, block: BlockSize): Value {
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number]
  const pairs = reshape(b, x, [(batch * channels * height) / block, 1, width / 2, 2 * block])
  const split = b.emit('nchwc.ReorderInput', [pairs], { channels_last: 1 })
  return reshape(b, split, [batch, channels, 2 * height, width / 2])
}

/** The way back from {@link splitRows}. */
export function joinRows(b: GraphBuilder, x: Value, block: BlockSize): Value {
  const [batch, channels, rows, columns] = x.shape as readonly [number, number, number, number]
  const halves = reshape(b, x, [(batch * channels * rows) / 2 / block, 2 * block, 1, columns])
  const joined = b.emit('nchwc.ReorderOutput', [halves], { channels: 2 * block, channels_last: 1 })
  return reshape(b, joined, [batch, channels, rows / 2, 2 * columns])
}

/** Where a tap (row t, column r) of the kernel lies in the kernel for split rows: row 2t + parity, column (r - pad - parity) / 2. */
function splitColumn(r: number, pad: number): { parity: number; column: number } {
  const column = Math.floor((r - pad) / 2)
  return { parity: r - pad - 2 * column, column: column + Math.ceil(pad / 2) }
}

/** The same convolution for pictures with split rows; null for one that cannot have them. */
export function splitConvolution(shape: ConvolutionShape): ConvolutionShape | null {
  const { kind, x, w, window } = shape
  const [batch, channels, height, width] = x as readonly [number, number, number, number]
  const [kernelHeight, kernelWidth] = window.kernel as readonly [number, number]
  const [top, left, bottom] = window.pads as readonly [number, number, number]
  const fits = [...window.strides, 2, 2].every(n => n === 2) && window.dilations.every(n => n === 1)
  if (kind !== 'depthwise' || !fits || height % 2 === 1 || width % 2 === 1) return null
  const columns = splitColumn(kernelWidth - 1, left).column + 1
  const outputWidth = windowOutput(window, x.slice(2))[1] as number
  const begin = Math.ceil(left / 2)
  const end = outputWidth - 1 + columns - begin - width / 2
  if (end < 0) return null
  const kernel = [2 * kernelHeight, columns]
  return {
    kind,
    x: [batch, channels, 2 * height, width / 2],
    w: [...w.slice(0, 2), ...kernel],
    window: { kernel, strides: [4, 1], dilations: [1, 1], pads: [2 * top, begin, 2 * bottom, end] },
  }
}

/** For each tap of the kernel, row-major, its place in the kernel for split rows. */
function tapPlaces({ window }: ConvolutionShape, split: ConvolutionShape): readonly number[] {
  const [height, width] = window.kernel as readonly [number, number]
  return Array.from({ length: height * width }, (_, tap) => {
    const { parity, column } = splitColumn(tap % width, window.pads[1]!)
    return (2 * Math.floor(tap / width) + parity) * split.window.kernel[1]! + column
  })
}

/** A depthwise weight [C, 1, h, w] with its taps where split rows have them, zeros between. */
export function spreadTaps(b: GraphBuilder, weight: Value, shape: ConvolutionShape, split: ConvolutionShape): Value {
  const places = tapPlaces(shape, split)
  const channels = weight.shape[0] as number
  const [height, width] = split.window.kernel as readonly [number, number]
  const sources = Array.from({ length: height * width }, (_, place) => {
    const tap = places.indexOf(place)
    return tap < 0 ? places.length : tap
  })
  const taps = padTo(b, reshape(b, weight, [channels, places.length]), [channels, places.length + 1])
  return reshape(b, b.emit('Gather', [taps, b.ints(sources)], { axis: 1 }), [channels, 1, height, width])
}

/** The way back from {@link spreadTaps}. */
export function collectTaps(b: GraphBuilder, weight: Value, shape: ConvolutionShape, split: ConvolutionShape): Value {
  const channels = weight.shape[0] as number
  const all = reshape(b, weight, [channels, split.window.kernel[0]! * split.window.kernel[1]!])
  const taps = b.emit('Gather', [all, b.ints(tapPlaces(shape, split))], { axis: 1 })
  return reshape(b, first(b, taps, shape.w[0]!, 0), shape.w)
}
