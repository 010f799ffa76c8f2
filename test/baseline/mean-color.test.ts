import { describe, expect, test } from 'vitest'
import { locateBatchByMeanColor, locateByMeanColor } from '../../src/baseline/mean-color.js'
import { BatchMaker } from '../../src/data/batch-maker.js'
import { cutPiece } from '../../src/data/cut.js'
import { PictureCache } from '../../src/data/picture-cache.js'
import { planEvaluation } from '../../src/data/sampler.js'
import { rgbImage } from '../../src/image/rgb-image.js'
import { memoryPictures } from '../support/memory-pictures.js'
import { wavyImage } from '../support/test-pattern.js'

const options = { grid: { rows: 2, cols: 2 }, pieceSize: 16, puzzleSize: 32 }

describe('matching by mean colour', () => {
  test('finds the cell of each piece that was cut cleanly', () => {
    const grid = { rows: 3, cols: 4 }
    const puzzle = wavyImage(80, 60)
    for (let cell = 0; cell < 12; cell++) {
      expect(locateByMeanColor(puzzle, cutPiece(puzzle, cell, { ...options, grid }), grid)).toBe(cell)
    }
  })

  test('takes the nearest colour, the first of equals', () => {
    const puzzle = rgbImage(16, 8)
    puzzle.data.fill(200)
    expect(locateByMeanColor(puzzle, rgbImage(8, 8), { rows: 1, cols: 2 })).toBe(0)
    for (let y = 0; y < 8; y++) puzzle.data.fill(90, (y * 16 + 8) * 3, (y * 16 + 16) * 3)
    expect(locateByMeanColor(puzzle, rgbImage(8, 8), { rows: 1, cols: 2 })).toBe(1)
  })

  test('answers for every piece of a batch, each with its own puzzle', async () => {
    const source = memoryPictures(5)
    const maker = new BatchMaker(source, PictureCache.create(5, 1e6, options), options)
    const pictures = { first: 0, count: 5 }
    const [plan] = planEvaluation({ pictures, grid: options.grid, puzzlesPerBatch: 5, piecesPerPuzzle: 4 })
    const batch = await maker.make(0, plan!, null)
    expect(locateBatchByMeanColor(batch, options.grid)).toEqual(batch.cells)
  })
})
