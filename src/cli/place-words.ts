import { type Grid, rowAndColumn } from '../image/grid.js'

/** A cell as people find it: "row 1 of 2, column 2 of 2 (right, top)". */
export function placeWords(grid: Grid, cell: number): string {
  const { row, col } = rowAndColumn(grid, cell)
  const across = third(col, grid.cols, ['left', 'middle', 'right'])
  const down = third(row, grid.rows, ['top', 'middle', 'bottom'])
  const where = across === down ? 'the middle' : `${across}, ${down}`
  return `row ${row + 1} of ${grid.rows}, column ${col + 1} of ${grid.cols} (${where})`
}

/** A probability as people read it: never quite 0% or 100%. */
export function percentWords(probability: number): string {
  const percent = Math.round(probability * 100)
  if (percent === 0) return 'under 1%'
  return percent === 100 ? 'over 99%' : `${percent}%`
}

function third(index: number, count: number, words: readonly [string, string, string]): string {
  return words[Math.floor(((index + 0.5) / count) * 3)]!
}
