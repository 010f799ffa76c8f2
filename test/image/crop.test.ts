import { describe, expect, test } from 'vitest'
import { cropImage } from '../../src/image/crop.js'
import { cellBox, cellCount } from '../../src/image/grid.js'
import { patternImage } from '../support/test-pattern.js'

describe('cropImage', () => {
  test('cuts whole pixels', () => {
    const image = patternImage(5, 4)
    const crop = cropImage(image, { x: 1, y: 2, width: 2, height: 1 })
    expect([crop.width, crop.height]).toEqual([2, 1])
    expect([...crop.data]).toEqual([...image.data.subarray((2 * 5 + 1) * 3, (2 * 5 + 3) * 3)])
  })

  test('takes edges to the nearest pixel', () => {
    const crop = cropImage(patternImage(10, 10), { x: 0.4, y: 1.6, width: 3.3, height: 3.3 })
    expect([crop.width, crop.height, crop.data[0]]).toEqual([4, 3, (2 * 10 * 3 * 37 + 11) % 256])
  })

  test.each([
    { width: 101, height: 67, rows: 4, cols: 6 },
    { width: 97, height: 31, rows: 7, cols: 11 },
    { width: 7, height: 5, rows: 2, cols: 2 },
  ])('cells of $rows x $cols tile a picture of $width x $height', ({ width, height, rows, cols }) => {
    const image = patternImage(width, height)
    const grid = { rows, cols }
    const crops = Array.from({ length: cellCount(grid) }, (_, cell) =>
      cropImage(image, cellBox(grid, cell, width, height)),
    )
    expect(crops.reduce((sum, crop) => sum + crop.width * crop.height, 0)).toBe(width * height)
    const sum = (data: Uint8Array) => data.reduce((total, value) => total + value, 0)
    expect(crops.reduce((total, crop) => total + sum(crop.data), 0)).toBe(sum(image.data))
  })

  test('leaves at least one pixel, inside the picture', () => {
    const dot = patternImage(1, 1)
    expect(cropImage(dot, { x: 0.5, y: 0.5, width: 0.5, height: 0.5 })).toEqual(dot)
    expect(cropImage(patternImage(4, 4), { x: 9, y: -9, width: 2, height: 2 })).toMatchObject({ width: 1, height: 1 })
    expect(cropImage(patternImage(4, 4), { x: -2, y: -2, width: 100, height: 100 })).toMatchObject({
      width: 4,
      height: 4,
    })
  })
})
