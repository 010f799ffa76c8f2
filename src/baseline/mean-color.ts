import type { Batch } from '../data/batch.js'
import { cropImage } from '../image/crop.js'
import { cellBox, cellCount, type Grid } from '../image/grid.js'
import type { RgbImage } from '../image/rgb-image.js'
import { imageFromPlanes } from '../image/to-tensor.js'

type Color = readonly [red: number, green: number, blue: number]

/**
 * The simplest thing that could work: the cell of the puzzle whose mean colour is nearest to that of the piece (Euclidean
 * distance in RGB; the first of equals).
 */
export function locateByMeanColor(puzzle: RgbImage, piece: RgbImage, grid: Grid): number {
  return nearest(meanColor(piece), cellColors(puzzle, grid))
}

/** {@link locateByMeanColor} for every piece of a batch: `[P]` cells. */
export function locateBatchByMeanColor(batch: Batch, grid: Grid): Int32Array {
  const puzzles = split(batch.puzzle, batch.puzzleCount).map(image => cellColors(image, grid))
  const pieces = split(batch.piece, batch.pieceCount)
  return Int32Array.from(pieces, (piece, i) => {
    return nearest(meanColor(piece), puzzles[Math.floor((i * batch.puzzleCount) / batch.pieceCount)]!)
  })
}

/** The square pictures of a tensor `[count, 3, size, size]`. */
function split(planes: Float32Array, count: number): RgbImage[] {
  const each = planes.length / count
  const size = Math.sqrt(each / 3)
  return Array.from({ length: count }, (_, i) => imageFromPlanes(planes, size, size, i * each))
}

function cellColors(puzzle: RgbImage, grid: Grid): Color[] {
  return Array.from({ length: cellCount(grid) }, (_, cell) =>
    meanColor(cropImage(puzzle, cellBox(grid, cell, puzzle.width, puzzle.height))),
  )
}

function meanColor({ data }: RgbImage): Color {
  let red = 0
  let green = 0
  let blue = 0
  for (let i = 0; i < data.length; i += 3) {
    red += data[i]!
    green += data[i + 1]!
    blue += data[i + 2]!
  }
  const pixels = data.length / 3
  return [red / pixels, green / pixels, blue / pixels]
}

function nearest(color: Color, candidates: readonly Color[]): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  candidates.forEach((candidate, i) => {
    const distance = candidate.reduce((sum, value, channel) => sum + (value - color[channel]!) ** 2, 0)
    if (distance >= least) return
    least = distance
    best = i
  })
  return best
}
