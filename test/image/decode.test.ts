import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LocatorError } from '../../src/errors.js'
import { checkDecodes, decodeImage } from '../../src/image/decode.node.js'
import { encodePng, writePng } from '../../src/image/encode.node.js'
import type { RgbImage } from '../../src/image/rgb-image.js'
import { pngClaiming, toSharp } from '../support/picture-files.js'
import { largestDifference, wavyImage } from '../support/test-pattern.js'

const picture = wavyImage(48, 32)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
})

afterAll(() => rm(folder, { recursive: true }))

/** What a decoding fails with, checked to be one sentence. */
async function failure(decoding: Promise<unknown>): Promise<LocatorError> {
  const error = await decoding.then(
    () => undefined,
    error => error,
  )
  expect(error).toBeInstanceOf(LocatorError)
  expect(error.message).toMatch(/^[^\n]+\.$/)
  return error
}

/** The mean difference of two pictures' bytes. */
function difference(a: RgbImage, b: RgbImage): number {
  expect([a.width, a.height]).toEqual([b.width, b.height])
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length
}

describe('decodeImage', () => {
  test('reads a PNG exactly, from bytes and from a path', async () => {
    const path = join(folder, 'picture.png')
    await writePng(path, picture)
    expect(await decodeImage(path)).toEqual(picture)
    expect(await decodeImage(await encodePng(picture))).toEqual(picture)
  })

  test.each([
    ['JPEG', () => toSharp(picture).jpeg({ quality: 95 })],
    ['WebP', () => toSharp(picture).webp({ quality: 95 })],
    ['AVIF', () => toSharp(picture).avif({ quality: 90 })],
    ['TIFF', () => toSharp(picture).tiff({ compression: 'lzw' })],
    ['16-bit PNG', () => toSharp(picture).toColourspace('rgb16').png()],
  ])('reads %s', async (_, encode) => {
    const decoded = await decodeImage(await encode().toBuffer())
    expect(difference(decoded, picture)).toBeLessThan(4)
    expect(decoded.data.constructor).toBe(Uint8Array)
  })

  test('reads CMYK in roughly the same colours', async () => {
    const bytes = await toSharp(picture).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()
    expect((await sharp(bytes).metadata()).space).toBe('cmyk')
    expect(difference(await decodeImage(bytes), picture)).toBeLessThan(25)
  })

  test.each(['b-w', 'grey16'])('reads %s as three equal channels', async space => {
    const bytes = await toSharp(picture).toColourspace(space).png().toBuffer()
    expect((await sharp(bytes).metadata()).channels).toBe(1)
    const { data, width, height } = await decodeImage(bytes)
    expect([width, height, data.length]).toEqual([48, 32, 48 * 32 * 3])
    for (let i = 0; i < data.length; i += 3) expect([data[i + 1], data[i + 2]]).toEqual([data[i], data[i]])
    expect(new Set(data).size).toBeGreaterThan(20)
  })

  test.each([8, 16])('puts transparency on white (%i bits)', async bits => {
    const half = { width: 9, height: 9, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } as const
    const space = bits === 8 ? 'srgb' : 'rgb16'
    const { data } = await decodeImage(await sharp({ create: half }).toColourspace(space).png().toBuffer())
    expect(largestDifference(data.subarray(0, 3), [255, 127.5, 127.5])).toBeLessThan(1)
  })

  test('turns a picture as its EXIF orientation says', async () => {
    const bytes = await toSharp(picture).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer()
    const turned = await decodeImage(bytes)
    expect([turned.width, turned.height]).toEqual([32, 48])
    // Orientation 6: the stored top left belongs at the top right.
    const topRight = turned.data.subarray(31 * 3, 32 * 3)
    expect(largestDifference(topRight, picture.data.subarray(0, 3))).toBeLessThan(12)
  })
})

describe('decodeImage refuses', () => {
  test('a missing file and a folder', async () => {
    const missing = await failure(decodeImage(join(folder, 'nothing.jpg')))
    expect(missing).toMatchObject({
      code: 'E_INPUT',
      message: `Cannot read ${folder}/nothing.jpg: there is no such file.`,
    })
    expect(await failure(decodeImage(folder))).toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining('folder'),
    })
  })

  test('a text file named .jpg', async () => {
    const path = join(folder, 'text.jpg')
    await writeFile(path, 'This is not a picture.')
    expect(await failure(decodeImage(path, 'text.jpg'))).toMatchObject({
      code: 'E_IMAGE',
      message: 'text.jpg is not a picture that can be read.',
      hint: expect.stringContaining('JPEG, PNG, WebP, AVIF and TIFF'),
    })
  })

  test.each(['jpeg', 'png', 'webp', 'avif', 'tiff'] as const)('a %s that is cut short', async format => {
    const bytes = await toSharp(wavyImage(200, 150)).toFormat(format).toBuffer()
    const error = await failure(decodeImage(bytes.subarray(0, Math.floor(bytes.length * 0.6)), 'cut'))
    expect(error).toMatchObject({ code: 'E_IMAGE', message: expect.stringContaining('cut') })
    expect((await failure(checkDecodes(bytes.subarray(0, Math.floor(bytes.length * 0.6)), 'cut'))).code).toBe('E_IMAGE')
    await checkDecodes(bytes, 'whole')
  })

  test('a JPEG without its last bytes, saying so', async () => {
    const bytes = await toSharp(picture).jpeg().toBuffer()
    const error = await failure(decodeImage(bytes.subarray(0, bytes.length - 30), 'photo.jpg'))
    expect(error.message).toMatch(/^photo\.jpg is damaged or cut short/)
  })

  test('no bytes at all', async () => {
    expect(await failure(decodeImage(new Uint8Array(0)))).toMatchObject({
      code: 'E_IMAGE',
      message: 'The picture is empty.',
    })
  })

  test('a 1x1 picture', async () => {
    const error = await failure(decodeImage(await encodePng(wavyImage(1, 1)), 'dot.png'))
    expect(error).toMatchObject({
      code: 'E_IMAGE',
      message: 'dot.png is too small: 1x1 pixels, where 8x8 is the least.',
    })
  })

  test('a 40,000x40,000 PNG, without decoding it', async () => {
    const error = await failure(decodeImage(pngClaiming(40000, 40000), 'huge.png'))
    expect(error).toMatchObject({
      code: 'E_IMAGE',
      message: 'huge.png is too large: 40000x40000 pixels, where 150 megapixels is the limit.',
    })
  })

  test.each([
    ['GIF', () => toSharp(picture).gif().toBuffer()],
    ['SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"/>')],
  ])('a %s', async (format, bytes) => {
    const error = await failure(decodeImage(await bytes(), 'other'))
    expect(error).toMatchObject({ code: 'E_IMAGE', message: `other is a ${format} file, which is not read.` })
  })
})

test('writePng names a place where nothing can be written', async () => {
  const error = await failure(writePng(join(folder, 'no', 'such', 'folder.png'), picture))
  expect(error).toMatchObject({ code: 'E_INPUT', message: expect.stringContaining('Cannot write') })
})
