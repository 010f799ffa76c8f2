import { expected } from '../errors.js'
import type { Box } from './rgb-image.js'

/** How a puzzle is divided; written ROWSxCOLS. Cells are numbered row-major from the top left, starting at 0. */
export interface Grid {
  readonly rows: number
  readonly cols: number
}

/** A position as fractions of width and height: origin top left, x to the right, y down. */
export interface Position {
  readonly x: number
  readonly y: number
}

/** More rows or columns than any jigsaw puzzle has; keeps a typing error from asking for gigabytes. */
const LARGEST_SIDE = 1000

/**
 * Reads a grid as people write it: `2x2`, `4x6`, `25x38`.
 *
 * @param where what the text came from, for the error: an option or a key
 * @throws E_USAGE where it is not ROWSxCOLS with both between 1 and 1000
 */
export function parseGrid(text: string, where: string): Grid {
  const match = /^(\d{1,4})[xX](\d{1,4})$/.exec(text.trim())
  const grid = { rows: Number(match?.[1]), cols: Number(match?.[2]) }
  if (!isSide(grid.rows) || !isSide(grid.cols)) {
    throw expected('E_USAGE', `a grid as ROWSxCOLS, like 4x6, with sides of 1 to ${LARGEST_SIDE}`, where, text)
  }
  return grid
}

/** Whether a number can be a grid's rows or columns: a whole number of 1 to 1000. */
export function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LARGEST_SIDE
}

/** A grid as it is written: `4x6`. */
export function formatGrid(grid: Grid): string {
  return `${grid.rows}x${grid.cols}`
}

/** How many cells a grid has. */
export function cellCount(grid: Grid): number {
  return grid.rows * grid.cols
}

/** The rectangle of a cell, in pixels of a picture of `width` x `height`; its edges may lie between pixels. */
export function cellBox(grid: Grid, cell: number, width: number, height: number): Box {
  const { row, col } = rowAndColumn(grid, cell)
  const cellWidth = width / grid.cols
  const cellHeight = height / grid.rows
  return { x: col * cellWidth, y: row * cellHeight, width: cellWidth, height: cellHeight }
}

/** The centre of a cell. */
export function cellCenter(grid: Grid, cell: number): Position {
  const { row, col } = rowAndColumn(grid, cell)
  return { x: (col + 0.5) / grid.cols, y: (row + 0.5) / grid.rows }
}

/** The cell that a position falls in; a position outside the picture belongs to the nearest cell. */
export function cellAt(grid: Grid, x: number, y: number): number {
  return field(y, grid.rows) * grid.cols + field(x, grid.cols)
}

/** A cell's row and column, both from 0. */
export function rowAndColumn(grid: Grid, cell: number): { row: number; col: number } {
  return { row: Math.floor(cell / grid.cols), col: cell % grid.cols }
}

function field(fraction: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(fraction * count)))
}
