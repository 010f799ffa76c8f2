import { describe, expect, test } from 'vitest'
import { canvas } from '../../src/image/canvas.js'
import { stroke } from '../../src/image/strokes.js'
import { drawText, textWidth } from '../../src/image/text.js'

const WHITE = [255, 255, 255] as const
const black = (width: number, height: number) => canvas(width, height, [0, 0, 0])
const light = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / 255 / 3

describe('stroke', () => {
  test('covers the area of its shape, edges included', () => {
    const disc = black(41, 41)
    stroke(disc, [[20.5, 20.5]], 20, WHITE)
    expect(light(disc.data)).toBeCloseTo(Math.PI * 100, -1)
    const line = black(60, 20)
    stroke(
      line,
      [
        [10, 10],
        [50, 10],
      ],
      4,
      WHITE,
    )
    expect(light(line.data)).toBeCloseTo(40 * 4 + Math.PI * 4, -0.5)
  })

  test('draws what lies inside, whatever lies outside', () => {
    const image = black(10, 10)
    stroke(
      image,
      [
        [-1e6, 5],
        [1e6, 5],
      ],
      2,
      WHITE,
    )
    expect([...image.data.subarray(5 * 30, 5 * 30 + 3)]).toEqual([255, 255, 255])
    stroke(image, [[Number.NaN, 5]], 2, WHITE)
    stroke(image, [[500, 500]], 2, WHITE)
    expect(light(image.data)).toBeCloseTo(20, 0)
  })
})

describe('drawText', () => {
  test('fills the width that it is said to have, and no more', () => {
    const text = 'Typical 83.9%'
    const width = Math.ceil(textWidth(text, 12))
    const image = black(width + 20, 30)
    drawText(image, text, 10, 8, { size: 12, color: WHITE })
    const columns = Array.from({ length: image.width }, (_, x) =>
      Array.from({ length: 30 }, (_, y) => image.data[3 * (y * image.width + x)]!).some(value => value > 60),
    )
    expect(columns.indexOf(true)).toBeGreaterThanOrEqual(8)
    expect(columns.indexOf(true)).toBeLessThanOrEqual(11)
    expect(columns.lastIndexOf(true)).toBeGreaterThanOrEqual(width + 7)
    expect(columns.lastIndexOf(true)).toBeLessThanOrEqual(width + 12)
  })

  test('has a form of its own for every letter and digit', () => {
    const characters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;-+=/()%!?_✓✗']
    const drawn = characters.map(character => {
      const image = black(30, 40)
      drawText(image, character, 6, 6, { size: 20, color: WHITE })
      return String(image.data)
    })
    expect(new Set(drawn).size).toBe(characters.length)
  })

  test('shows that a character is missing', () => {
    const image = black(30, 30)
    drawText(image, '日', 5, 5, { size: 12, color: WHITE })
    expect(light(image.data)).toBeGreaterThan(20)
    expect(textWidth('', 12)).toBe(0)
  })
})
