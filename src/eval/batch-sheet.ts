import type { Batch } from '../data/batch.js'
import { canvas, paste } from '../image/canvas.js'
import { cellCenter, type Grid } from '../image/grid.js'
import { resizeImage } from '../image/resize.js'
import type { RgbImage } from '../image/rgb-image.js'
import { stroke } from '../image/strokes.js'
import { drawText, textWidth } from '../image/text.js'
import { pictureOf } from './placed-piece.js'
import { arrangeSheet, SHEET_TEXT, sheetColors } from './sheet.js'

/** Side of a puzzle in a tile, pixels; pieces are half as wide. */
const PUZZLE = 176
const GAP = 6
const COLUMNS = 6
/** More would be a picture that nobody looks through. */
const MOST_PUZZLES = 18
const NUMBER = 10

/** The first puzzles of a batch with their pieces below, as the network sees them; numbers say which piece belongs where. */
export function drawBatchSheet(batch: Batch, grid: Grid, title: string): RgbImage {
  const shown = Math.min(batch.puzzleCount, MOST_PUZZLES)
  const tiles = Array.from({ length: shown }, (_, puzzle) => drawTile(batch, puzzle, grid))
  const puzzles = shown === batch.puzzleCount ? `${shown} puzzles` : `${shown} of its ${batch.puzzleCount} puzzles`
  const subtitle = `${puzzles}, ${batch.pieceCount} pieces in all`
  return arrangeSheet({ title, subtitle, legend: drawLegend }, tiles, COLUMNS)
}

function drawLegend(sheet: RgbImage, x: number, y: number): void {
  drawBadge(sheet, '1', x + 8, y + 6)
  const style = { size: SHEET_TEXT, color: sheetColors.text }
  drawText(sheet, 'a piece after augmentation, and the centre of its cell in the puzzle above it', x + 26, y, style)
}

function drawTile(batch: Batch, puzzle: number, grid: Grid): RgbImage {
  const each = batch.pieceCount / batch.puzzleCount
  const side = (PUZZLE - GAP) / 2
  const tile = canvas(PUZZLE, PUZZLE + Math.ceil(each / 2) * (side + GAP), sheetColors.background)
  paste(tile, resizeImage(pictureOf(batch.puzzle, batch.puzzleCount, puzzle), PUZZLE, PUZZLE), 0, 0)
  for (let n = 0; n < each; n++) {
    const i = puzzle * each + n
    const [left, top] = [(n % 2) * (side + GAP), PUZZLE + GAP + Math.floor(n / 2) * (side + GAP)]
    paste(tile, resizeImage(pictureOf(batch.piece, batch.pieceCount, i), side, side), left, top)
    drawBadge(tile, String(n + 1), left + NUMBER + 3, top + NUMBER + 3)
    const { x, y } = cellCenter(grid, batch.cells[i]!)
    drawBadge(tile, String(n + 1), x * PUZZLE, y * PUZZLE)
  }
  return tile
}

/** A number in a disc around (x, y), seen on any picture. */
function drawBadge(image: RgbImage, text: string, x: number, y: number): void {
  stroke(image, [[x, y]], 2 * NUMBER - 1, [255, 255, 255])
  stroke(image, [[x, y]], 2 * NUMBER - 4, sheetColors.background)
  drawText(image, text, x - textWidth(text, NUMBER) / 2, y - NUMBER / 2, { size: NUMBER, color: sheetColors.text })
}
