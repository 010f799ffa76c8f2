import { describe, expect, test } from 'vitest'
import { resizeImage } from '../../src/image/resize.js'
import { rgbImage } from '../../src/image/rgb-image.js'
import { patternImage } from '../support/test-pattern.js'

describe('resizeImage', () => {
  // Expected bytes: numpy.asarray(PIL.Image.fromarray(pattern).resize((width, height), PIL.Image.BILINEAR)).ravel(), Pillow 13.0.
  test.each([
    {
      name: 'smaller both ways',
      from: [7, 5],
      to: [3, 2],
      bytes: [113, 97, 134, 154, 131, 111, 134, 169, 128, 93, 115, 152, 131, 108, 129, 152, 149, 83],
    },
    {
      name: 'larger both ways',
      from: [3, 2],
      to: [5, 4],
      bytes: [
        11, 48, 85, 55, 92, 129, 122, 159, 196, 189, 72, 109, 233, 14, 51, 30, 67, 104, 74, 111, 123, 141, 178, 151,
        170, 91, 103, 188, 33, 70, 69, 106, 143, 113, 150, 110, 180, 217, 62, 131, 130, 90, 99, 72, 109, 88, 125, 162,
        132, 169, 104, 199, 236, 17, 112, 149, 84, 54, 91, 128,
      ],
    },
    {
      name: 'lower only',
      from: [6, 4],
      to: [6, 2],
      bytes: [
        84, 121, 158, 86, 123, 160, 160, 87, 124, 161, 89, 126, 163, 163, 90, 127, 164, 92, 144, 181, 108, 108, 145,
        182, 110, 147, 74, 111, 111, 148, 185, 113, 150, 77, 114, 114,
      ],
    },
  ] as const)('gives Pillow’s bytes: $name', ({ from, to, bytes }) => {
    const resized = resizeImage(patternImage(from[0], from[1]), to[0], to[1])
    expect([resized.width, resized.height]).toEqual(to)
    expect([...resized.data]).toEqual(bytes)
  })

  test('keeps a flat colour exactly, however much it shrinks or grows', () => {
    const flat = rgbImage(37, 23, new Uint8Array(37 * 23 * 3).fill(201))
    for (const [width, height] of [
      [5, 3],
      [1, 1],
      [90, 61],
    ] as const) {
      expect(new Set(resizeImage(flat, width, height).data)).toEqual(new Set([201]))
    }
  })

  test('averages instead of skipping: a fine checkerboard becomes grey', () => {
    const board = rgbImage(64, 64)
    for (let i = 0; i < 64 * 64; i++) board.data.fill(((i % 64) + Math.floor(i / 64)) % 2 ? 255 : 0, 3 * i, 3 * i + 3)
    for (const value of resizeImage(board, 8, 8).data) expect(Math.abs(value - 127.5)).toBeLessThanOrEqual(1)
  })

  test('returns a copy where nothing changes', () => {
    const image = patternImage(4, 3)
    const same = resizeImage(image, 4, 3)
    same.data[0] = 99
    expect(image.data[0]).toBe(11)
  })

  test.each([
    [0, 4],
    [4, 1.5],
    [Number.NaN, 4],
  ])('refuses the size %s x %s', (width, height) => {
    expect(() => resizeImage(patternImage(4, 4), width, height)).toThrow(expect.objectContaining({ code: 'E_IMAGE' }))
  })
})
