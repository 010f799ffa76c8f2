import { expected } from '../errors.js'

/**
 * A picture in memory: 8 bits a channel, RGB interleaved, rows from the top, EXIF orientation applied.
 * Pixel centres lie at integer + 0.5.
 */
export interface RgbImage {
  readonly width: number
  readonly height: number
  /** `height * width * 3` bytes. */
  readonly data: Uint8Array
}

/** A rectangle in pixels of a picture; its edges may lie between pixels. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A picture over existing bytes, or a black one. @throws E_IMAGE where size and bytes disagree */
export function rgbImage(
  width: number,
  height: number,
  data: Uint8Array = new Uint8Array(width * height * 3),
): RgbImage {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw expected('E_IMAGE', 'a width and height of at least one pixel', 'a picture', [width, height])
  }
  if (data.length !== width * height * 3) {
    throw expected('E_IMAGE', `${width * height * 3} bytes`, `a ${width}x${height} RGB picture`, data.length)
  }
  return { width, height, data }
}
