import { fileURLToPath } from 'node:url'
import { expected } from '../errors.js'
import { decodeImage } from '../image/decode.node.js'
import type { RgbImage } from '../image/rgb-image.js'
import { type Pixels, rgbFromPixels } from './pixels.js'

/**
 * A picture as Node programs have it: a path, a `file:` URL, the bytes of a JPEG, PNG, WebP, AVIF or TIFF file
 * (Buffer, Uint8Array, ArrayBuffer, Blob), or pixels (ImageData too).
 */
export type ImageInput = string | URL | Uint8Array | ArrayBuffer | Blob | Pixels

/** Turns any {@link ImageInput} into a picture. @throws E_INPUT, E_IMAGE where that is impossible */
export async function decodeInput(input: ImageInput): Promise<RgbImage> {
  if (typeof input === 'string') return decodeImage(input.startsWith('file:') ? filePath(input) : input)
  if (input instanceof URL) return decodeImage(filePath(input))
  if (input instanceof Uint8Array) return decodeImage(input)
  if (input instanceof ArrayBuffer) return decodeImage(new Uint8Array(input))
  if (input instanceof Blob) return decodeImage(new Uint8Array(await input.arrayBuffer()))
  if (isPixels(input)) return rgbFromPixels(input)
  throw expected('E_INPUT', 'a path, file: URL, Buffer, Blob or { data, width, height }', 'a picture', input)
}

function filePath(url: string | URL): string {
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw expected('E_INPUT', 'a file: URL', 'a picture', String(url), {
      cause,
      hint: 'Download it first; nothing here uses the network.',
    })
  }
}

function isPixels(input: unknown): input is Pixels {
  return typeof input === 'object' && input !== null && 'data' in input && 'width' in input && 'height' in input
}
