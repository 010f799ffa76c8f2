import { describe, expect, test } from 'vitest'
import { drawBatchSheet } from '../../src/eval/batch-sheet.js'
import { type PlacedPiece, placedPiece } from '../../src/eval/placed-piece.js'
import { drawPredictionSheet } from '../../src/eval/prediction-sheet.js'
import { drawPredictionTile } from '../../src/eval/prediction-tile.js'
import type { RgbImage } from '../../src/image/rgb-image.js'
import { answersAt } from '../support/answers.js'
import { plainBatch } from '../support/plain-batch.js'

const grid = { rows: 2, cols: 2 }
const texts = { title: 'Worst', subtitle: '4 of 8' }

/** The piece of the top left cell, whose answer lies so far to the right. */
function placed(offset: number): PlacedPiece {
  const batch = plainBatch({ puzzles: 1, each: 4, grey: () => 90 })
  return placedPiece(
    batch,
    answersAt(batch, () => offset),
    0,
  )
}

function pixel({ data, width }: RgbImage, x: number, y: number): number[] {
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)]
}

/** Pixels of a color between two columns. */
function count({ data, width, height }: RgbImage, color: readonly number[], left = 0, right = width): number {
  let found = 0
  for (let i = 0; i < width * height; i++) {
    const x = i % width
    if (x >= left && x < right && color.every((value, channel) => data[3 * i + channel] === value)) found++
  }
  return found
}

const isAnswer = ([r, g, b]: number[]) => r === 64 && g === 200 && b === 255
const isWhite = (color: number[]) => color.every(value => value === 255)

describe('drawPredictionTile', () => {
  test('puts the dot where the answer is', () => {
    const tile = drawPredictionTile(placed(0.5), grid)
    expect(pixel(tile, 150, 50)).toEqual([64, 200, 255])
    expect(isAnswer(pixel(tile, 50, 150))).toBe(false)
  })

  test('frames the cell that the piece belongs to, with gaps', () => {
    const tile = drawPredictionTile(placed(0.5), grid)
    const edge = Array.from({ length: 90 }, (_, i) => isWhite(pixel(tile, 5 + i, 4)))
    const dashes = edge.filter((white, i) => white && !edge[i - 1]).length
    expect(dashes).toBeGreaterThan(4)
    expect(edge.filter(white => !white).length).toBeGreaterThan(20)
    expect(count(tile, [255, 255, 255], 110, 140)).toBe(0)
  })

  test('tells right from wrong by more than color', () => {
    const grey = (tile: RgbImage) => {
      const region: boolean[] = []
      for (let y = 110; y < 145; y++) for (let x = 212; x < 308; x++) region.push(pixel(tile, x, y)[1]! > 90)
      return region
    }
    const [right, wrong] = [grey(drawPredictionTile(placed(0), grid)), grey(drawPredictionTile(placed(0.5), grid))]
    expect(right.filter((light, i) => light !== wrong[i]).length).toBeGreaterThan(60)
  })

  test('draws answers outside, fine grids and numbers that are none', () => {
    for (const offset of [-3, 3, Number.NaN]) {
      const { width, height, data } = drawPredictionTile(placed(offset), { rows: 1000, cols: 1000 })
      expect(data.length).toBe(3 * width * height)
    }
  })
})

describe('sheets', () => {
  test('of predictions grow with the pieces, three in a row', () => {
    const sheet = (pieces: number) => drawPredictionSheet(Array(pieces).fill(placed(0)), grid, texts)
    const [one, three, four] = [sheet(1), sheet(3), sheet(4)]
    expect(three.width).toBe(3 * 308 + 2 * 20 + 2 * 20)
    expect(four.width).toBe(three.width)
    expect(four.height - three.height).toBe(220)
    expect(one.height).toBe(three.height)
  })

  test('of a batch hold every piece, but no more puzzles than one looks through', () => {
    const piece = [40, 40, 40]
    const batch = plainBatch({ puzzles: 3, each: 4, grey: () => 40 })
    const sheet = drawBatchSheet(batch, grid, 'First batch')
    const area = count(sheet, piece)
    expect(area).toBeGreaterThan(12 * 85 * 85 * 0.9)
    expect(area).toBeLessThan(12 * 85 * 85)
    const large = drawBatchSheet(plainBatch({ puzzles: 64, each: 1, grey: () => 40 }), grid, 'First batch')
    expect(count(large, piece)).toBeLessThan(18 * 85 * 85)
  })

  test('write their texts', () => {
    const sheet = (title: string) => drawPredictionSheet([placed(0)], grid, { ...texts, title })
    expect(sheet('A').data).not.toEqual(sheet('B').data)
    expect(sheet('a title that is longer than the tiles of this sheet are wide together').width).toBeGreaterThan(700)
  })
})
