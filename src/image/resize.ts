import { expected } from '../errors.js'
import type { RgbImage } from './rgb-image.js'

/** Weights are whole numbers of 1/2^22: a sum over 8-bit pixels stays below 2^31, so every host adds the same integers. */
const FRACTION_BITS = 22
const HALF = 1 << (FRACTION_BITS - 1)

/** For each output pixel of an axis, the input pixels that it averages and their weights. */
interface Taps {
  readonly first: Int32Array
  readonly count: Int32Array
  /** `stride` weights for each output pixel, of which `count` are used. */
  readonly weights: Int32Array
  readonly stride: number
}

/**
 * Resizes a picture to exactly `width` x `height`, whatever its aspect ratio.
 *
 * Separable triangle filter, as wide as the reduction where it shrinks (so nothing aliases), bilinear where it enlarges:
 * the pixels of Pillow's `Image.resize(..., Image.BILINEAR)`, bit for bit.
 *
 * @throws E_IMAGE where the size is not of whole pixels
 */
export function resizeImage(image: RgbImage, width: number, height: number): RgbImage {
  if (!isSize(width) || !isSize(height)) {
    throw expected('E_IMAGE', 'a width and height of at least one pixel', 'resizing', [width, height])
  }
  if (width === image.width && height === image.height) return { ...image, data: image.data.slice() }
  const narrow = width === image.width ? image.data : resizeRows(image, width)
  return { width, height, data: height === image.height ? narrow : resizeColumns(narrow, width, image.height, height) }
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 1
}

/** The horizontal pass: `[height, width, 3]` to `[height, outputWidth, 3]`. */
function resizeRows({ data, width, height }: RgbImage, outputWidth: number): Uint8Array {
  const taps = triangleTaps(width, outputWidth)
  const output = new Uint8Array(height * outputWidth * 3)
  let to = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < outputWidth; x++, to += 3) {
      averagePixels(data, (y * width + taps.first[x]!) * 3, 3, taps, x, output, to)
    }
  }
  return output
}

/** The vertical pass: `[height, width, 3]` to `[outputHeight, width, 3]`. */
function resizeColumns(data: Uint8Array, width: number, height: number, outputHeight: number): Uint8Array {
  const taps = triangleTaps(height, outputHeight)
  const row = width * 3
  const output = new Uint8Array(outputHeight * row)
  let to = 0
  for (let y = 0; y < outputHeight; y++) {
    for (let x = 0; x < row; x += 3, to += 3) averagePixels(data, taps.first[y]! * row + x, row, taps, y, output, to)
  }
  return output
}

/** Writes the weighted mean of the pixels that begin at byte `from` and lie `step` bytes apart. */
function averagePixels(
  data: Uint8Array,
  from: number,
  step: number,
  { count, weights, stride }: Taps,
  tap: number,
  output: Uint8Array,
  to: number,
): void {
  const start = tap * stride
  const end = start + count[tap]!
  let red = HALF
  let green = HALF
  let blue = HALF
  for (let k = start, at = from; k < end; k++, at += step) {
    const weight = weights[k]!
    red = (red + Math.imul(weight, data[at]!)) | 0
    green = (green + Math.imul(weight, data[at + 1]!)) | 0
    blue = (blue + Math.imul(weight, data[at + 2]!)) | 0
  }
  output[to] = red >> FRACTION_BITS
  output[to + 1] = green >> FRACTION_BITS
  output[to + 2] = blue >> FRACTION_BITS
}

/** The triangle filter's taps from `inputSize` to `outputSize` pixels; weights of one output pixel sum to 1. */
function triangleTaps(inputSize: number, outputSize: number): Taps {
  const scale = inputSize / outputSize
  const support = Math.max(1, scale)
  const narrowing = 1 / support
  const stride = Math.ceil(support) * 2 + 1
  const first = new Int32Array(outputSize)
  const count = new Int32Array(outputSize)
  const weights = new Int32Array(outputSize * stride)
  const exact = new Float64Array(stride)
  for (let i = 0; i < outputSize; i++) {
    const center = (i + 0.5) * scale
    const start = Math.max(0, Math.trunc(center - support + 0.5))
    const end = Math.min(inputSize, Math.trunc(center + support + 0.5))
    let sum = 0
    for (let k = 0; k < end - start; k++) {
      exact[k] = Math.max(0, 1 - Math.abs((k + start - center + 0.5) * narrowing))
      sum += exact[k]!
    }
    first[i] = start
    count[i] = end - start
    for (let k = 0; k < end - start; k++) {
      weights[i * stride + k] = Math.floor((exact[k]! / sum) * 2 ** FRACTION_BITS + 0.5)
    }
  }
  return { first, count, weights, stride }
}
