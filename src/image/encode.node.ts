import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { LocatorError } from '../errors.js'
import type { RgbImage } from './rgb-image.js'

/** A picture as the bytes of a PNG file. */
export async function encodePng({ width, height, data }: RgbImage): Promise<Uint8Array> {
  return (
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toUint8Array()
  ).data
}

/** A picture as the bytes of a WebP file, a tenth of the PNG's size, which a page can carry. */
export async function encodeWebp({ width, height, data }: RgbImage): Promise<Uint8Array> {
  return (
    await sharp(data, { raw: { width, height, channels: 3 } })
      .webp({ quality: 82 })
      .toUint8Array()
  ).data
}

/** Writes a picture as a PNG file. @throws E_INPUT where the file cannot be written */
export async function writePng(path: string, image: RgbImage): Promise<void> {
  const bytes = await encodePng(image)
  try {
    await writeFile(path, bytes)
  } catch (cause) {
    throw new LocatorError('E_INPUT', `Cannot write ${path}: ${(cause as Error).message}.`, { cause })
  }
}
