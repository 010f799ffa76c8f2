import { expected } from '../errors.js'
import { type Grid, isSide } from '../image/grid.js'
import type { RgbImage } from '../image/rgb-image.js'
import type { PuzzleOptions } from './types.js'

/** Real pieces are hardly ever longer than this times their width; 1000 pieces on 27x38 cm are within 1.1. */
const LONGEST_CELL = 2

/** The grid that was asked for, else the model's own. @throws E_USAGE for one that no puzzle has */
export function puzzleGrid({ grid, pieces }: PuzzleOptions, picture: RgbImage, modelGrid: Grid): Grid {
  if (grid && pieces !== undefined) throw expected('E_USAGE', 'either grid or pieces', 'a puzzle', 'both')
  if (pieces !== undefined) return gridForPieces(pieces, picture.width, picture.height)
  if (grid && !(isSide(grid.rows) && isSide(grid.cols))) {
    throw expected('E_USAGE', 'whole numbers of 1 to 1000', "the grid's rows and cols", [grid.rows, grid.cols])
  }
  return grid ?? modelGrid
}

/**
 * The grid of a puzzle of which only the number of pieces is known: rows x columns = pieces, the cells as square as
 * possible on a picture of this shape.
 *
 * @throws E_USAGE where every such grid has cells more than twice as long as wide
 */
export function gridForPieces(pieces: number, width: number, height: number): Grid {
  const elongation = (grid: Grid) => Math.abs(Math.log((width * grid.rows) / (height * grid.cols)))
  const best = gridsOf(pieces).reduce<Grid | undefined>(
    (found, grid) => (found && elongation(found) <= elongation(grid) ? found : grid),
    undefined,
  )
  if (!best || elongation(best) > Math.log(LONGEST_CELL)) {
    throw expected('E_USAGE', `a number of nearly square cells of a ${width}x${height} picture`, 'the pieces', pieces, {
      hint: 'Say the rows and columns instead, like --grid 25x40.',
    })
  }
  return best
}

function gridsOf(pieces: number): Grid[] {
  const grids: Grid[] = []
  for (let rows = 1; rows * rows <= pieces; rows++) {
    const cols = pieces / rows
    if (Number.isInteger(cols)) grids.push({ rows, cols }, { rows: cols, cols: rows })
  }
  return grids
}
