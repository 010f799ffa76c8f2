import { readFile } from 'node:fs/promises'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { LocatorError } from '../errors.js'
import type { RgbImage } from './rgb-image.js'

/** The largest picture that is decoded: 150 megapixels, 450 MB in memory. */
export const MOST_PIXELS = 150_000_000

/** The smallest picture that shows anything: pixels along its shorter side. */
export const SHORTEST_SIDE = 8

/** What sharp calls the formats that this package reads; AVIF is `heif` with `av1` inside. */
const formats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'heif', 'tiff'])

/**
 * Reads a picture as 8-bit RGB: EXIF orientation applied, grey, CMYK and 16 bits converted to sRGB, transparency put on white.
 *
 * @param source a file's path, or the bytes of a JPEG, PNG, WebP, AVIF or TIFF file
 * @param name what errors call the picture; the path by default
 * @throws E_INPUT where the file is missing or unreadable
 * @throws E_IMAGE where it is not such a picture, is damaged or cut short, has a side under {@link SHORTEST_SIDE} pixels
 *   or more than {@link MOST_PIXELS} pixels
 */
export async function decodeImage(source: string | Uint8Array, name?: string): Promise<RgbImage> {
  const title = name ?? (typeof source === 'string' ? source : 'The picture')
  const bytes = typeof source === 'string' ? await readPicture(source, title) : source
  await checkHeader(bytes, title)
  return toRgb(open(bytes), title)
}

/**
 * Checks that a picture's bytes really decode, as {@link decodeImage} would, at a fraction of its cost: everything is read,
 * but a JPEG is reconstructed at an eighth of its size only.
 *
 * @throws E_IMAGE as {@link decodeImage}
 */
export async function checkDecodes(bytes: Uint8Array, name: string): Promise<void> {
  await checkHeader(bytes, name)
  await toRgb(open(bytes).resize(SHORTEST_SIDE, SHORTEST_SIDE, { fit: 'fill' }), name)
}

/** A picture file's bytes. @throws E_INPUT where it is missing or unreadable */
export async function readPicture(path: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      ENOTDIR: 'there is no such file',
      EISDIR: 'it is a folder',
      EACCES: 'permission denied',
      EPERM: 'permission denied',
    }
    const reason = reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? (cause as Error).message
    throw new LocatorError('E_INPUT', `Cannot read ${name}: ${reason}.`, { cause })
  }
}

/** Strict enough that a file cut short is an error, lenient towards what libjpeg only warns of. */
function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS })
}

async function checkHeader(bytes: Uint8Array, name: string): Promise<void> {
  const header = await readHeader(bytes, name)
  if (header.format === 'heif' && header.compression === 'hevc') {
    throw imageError(`${name} is a HEIC picture, which cannot be read`, { hint: 'Convert it to JPEG first.' })
  }
  const { width, height } = header
  if (width * height > MOST_PIXELS) {
    throw imageError(
      `${name} is too large: ${width}x${height} pixels, where ${MOST_PIXELS / 1e6} megapixels is the limit`,
    )
  }
  if (Math.min(width, height) < SHORTEST_SIDE) {
    throw imageError(
      `${name} is too small: ${width}x${height} pixels, where ${SHORTEST_SIDE}x${SHORTEST_SIDE} is the least`,
    )
  }
}

async function readHeader(bytes: Uint8Array, name: string): Promise<Metadata> {
  const notPicture = { hint: 'Pictures are read from JPEG, PNG, WebP, AVIF and TIFF.' }
  if (bytes.length === 0) throw imageError(`${name} is empty`, notPicture)
  let header: Metadata
  try {
    header = await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch (cause) {
    throw imageError(`${name} is not a picture that can be read`, { ...notPicture, cause })
  }
  if (formats.has(header.format)) return header
  throw imageError(`${name} is a ${header.format.toUpperCase()} file, which is not read`, notPicture)
}

async function toRgb(picture: Sharp, name: string): Promise<RgbImage> {
  try {
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toUint8Array()
    // sharp gives a Buffer, whose slice() is not a copy: elsewhere pixels are plain bytes.
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) }
  } catch (cause) {
    const reason = (cause as Error).message.split('\n', 1)[0]?.trim()
    throw imageError(`${name} is damaged or cut short (${reason})`, { cause })
  }
}

function imageError(message: string, options: { hint?: string; cause?: unknown } = {}): LocatorError {
  return new LocatorError('E_IMAGE', `${message}.`, options)
}
