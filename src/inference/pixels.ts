import { expected } from '../errors.js'
import { type RgbImage, rgbImage } from '../image/rgb-image.js'

/** Pixels that are in memory already; a browser's ImageData is one. */
export interface Pixels {
  /** Interleaved 8-bit samples, rows from the top. */
  readonly data: Uint8Array | Uint8ClampedArray
  readonly width: number
  readonly height: number
  /** 1 grey, 3 RGB, 4 RGB with alpha; by default what the length of the data says. */
  readonly channels?: 1 | 3 | 4
}

/** Pixels as RGB; transparency is put on white, as in decoded pictures. @throws E_IMAGE where size and data disagree */
export function rgbFromPixels({
  data,
  width,
  height,
  channels = (data.length / (width * height)) as 1 | 3 | 4,
}: Pixels): RgbImage {
  const size = width * height
  if (![1, 3, 4].includes(channels) || data.length !== size * channels) {
    throw expected('E_IMAGE', 'width * height * 1, 3 or 4 bytes', `pixels of ${width}x${height}`, data.length)
  }
  const image = rgbImage(width, height)
  for (let i = 0; i < size; i++) {
    const alpha = channels === 4 ? data[4 * i + 3]! / 255 : 1
    for (let c = 0; c < 3; c++) {
      const value = channels === 1 ? data[i]! : data[channels * i + c]!
      image.data[3 * i + c] = Math.round(value * alpha + 255 * (1 - alpha))
    }
  }
  return image
}
