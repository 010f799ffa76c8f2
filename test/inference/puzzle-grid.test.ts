import { describe, expect, test } from 'vitest'
import { rgbImage } from '../../src/image/rgb-image.js'
import { gridForPieces, puzzleGrid } from '../../src/inference/puzzle-grid.js'

describe('gridForPieces', () => {
  test.each([
    [1, 100, 100, 1, 1],
    [24, 600, 400, 4, 6],
    [24, 400, 600, 6, 4],
    [48, 800, 600, 6, 8],
    [500, 1000, 800, 20, 25],
    [1000, 1600, 1000, 25, 40],
    [2000, 3000, 2400, 40, 50],
  ])('%i pieces of %ix%i are %ix%i', (pieces, width, height, rows, cols) => {
    expect(gridForPieces(pieces, width, height)).toEqual({ rows, cols })
  })

  test('refuses numbers that make long cells only', () => {
    expect(() => gridForPieces(997, 800, 600)).toThrow(
      'Expected a number of nearly square cells of a 800x600 picture for the pieces but received 997.',
    )
    expect(gridForPieces(7, 2100, 300)).toEqual({ rows: 1, cols: 7 })
  })

  test.each([0, -4, 2.5, Number.NaN])('refuses %d pieces', pieces => {
    expect(() => gridForPieces(pieces, 800, 600)).toThrow('for the pieces but received')
  })
})

describe('puzzleGrid', () => {
  const picture = rgbImage(60, 40)
  const own = { rows: 2, cols: 2 }

  test('is the one asked for, else the model’s', () => {
    expect(puzzleGrid({}, picture, own)).toBe(own)
    expect(puzzleGrid({ grid: { rows: 4, cols: 6 } }, picture, own)).toEqual({ rows: 4, cols: 6 })
    expect(puzzleGrid({ pieces: 6 }, picture, own)).toEqual({ rows: 2, cols: 3 })
  })

  test('is said one way only, with sides that a puzzle can have', () => {
    expect(() => puzzleGrid({ grid: own, pieces: 4 }, picture, own)).toThrow('either grid or pieces')
    expect(() => puzzleGrid({ grid: { rows: 0, cols: 2 } }, picture, own)).toThrow('whole numbers of 1 to 1000')
    expect(() => puzzleGrid({ grid: { rows: 2, cols: 1.5 } }, picture, own)).toThrow('whole numbers of 1 to 1000')
  })
})
