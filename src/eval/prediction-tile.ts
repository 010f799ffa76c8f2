import { canvas, paste } from '../image/canvas.js'
import type { Rgb } from '../image/color-map.js'
import { cellAt, cellBox, type Grid } from '../image/grid.js'
import { tintByHeat } from '../image/heatmap.js'
import { resizeImage } from '../image/resize.js'
import type { Box, RgbImage } from '../image/rgb-image.js'
import { type Spot, stroke, strokeOnAny } from '../image/strokes.js'
import { drawText } from '../image/text.js'
import type { PlacedPiece } from './placed-piece.js'
import { SHEET_TEXT, sheetColors } from './sheet.js'

/** Sides of puzzle and piece in a tile, pixels. */
const PUZZLE = 200
const PIECE = 96
const GAP = 12

const TARGET: Rgb = [255, 255, 255]
const ANSWER: Rgb = [64, 200, 255]
const RIGHT: Rgb = [112, 214, 140]
const WRONG: Rgb = [255, 148, 92]

const DASH = 7

/** The puzzle with the model's attention, the target and the answer; beside it the piece and the verdict, as sign and word. */
export function drawPredictionTile(placed: PlacedPiece, grid: Grid): RgbImage {
  const tile = canvas(PUZZLE + GAP + PIECE, PUZZLE, sheetColors.background)
  const puzzle = resizeImage(placed.puzzle, PUZZLE, PUZZLE)
  tintByHeat(puzzle, placed.attention)
  drawTarget(puzzle, cellBox(grid, placed.cell, PUZZLE, PUZZLE))
  drawAnswer(puzzle, placed)
  paste(tile, puzzle, 0, 0)
  paste(tile, resizeImage(placed.piece, PIECE, PIECE), PUZZLE + GAP, 0)
  drawVerdict(tile, placed, grid)
  return tile
}

/** Marks the cell that a piece belongs to: a dashed line, which no other mark has. */
export function drawTarget(image: RgbImage, { x, y, width, height }: Box): void {
  const inset = Math.min(4, width / 4, height / 4)
  const [left, top, right, bottom] = [x + inset, y + inset, x + width - inset, y + height - inset]
  const dashes = [
    ...dashesOf([left, top], [right, top]),
    ...dashesOf([right, top], [right, bottom]),
    ...dashesOf([right, bottom], [left, bottom]),
    ...dashesOf([left, bottom], [left, top]),
  ]
  for (const dash of dashes) stroke(image, dash, 4, [0, 0, 0])
  for (const dash of dashes) stroke(image, dash, 2, TARGET)
}

/** Marks a place as the answer: a dot in a ring. */
export function drawAnswerDot(image: RgbImage, at: Spot): void {
  strokeOnAny(image, [at], 11, TARGET)
  stroke(image, [at], 8, ANSWER)
}

function drawAnswer(image: RgbImage, { position, target }: PlacedPiece): void {
  const at = ({ x, y }: { x: number; y: number }): Spot => [x * image.width, y * image.height]
  strokeOnAny(image, [at(position), at(target)], 1.5, ANSWER)
  drawAnswerDot(image, at(position))
}

/** A line as dashes and gaps of about equal length, a dash at both ends. */
function dashesOf([x0, y0]: Spot, [x1, y1]: Spot): Spot[][] {
  const parts = 2 * Math.round(Math.hypot(x1 - x0, y1 - y0) / DASH / 2) + 1
  const at = (part: number): Spot => [x0 + ((x1 - x0) * part) / parts, y0 + ((y1 - y0) * part) / parts]
  return Array.from({ length: (parts + 1) / 2 }, (_, i) => [at(2 * i), at(2 * i + 1)])
}

function drawVerdict(tile: RgbImage, { position, cell, distance }: PlacedPiece, grid: Grid): void {
  const right = cellAt(grid, position.x, position.y) === cell
  const [x, y] = [PUZZLE + GAP, PIECE + 24]
  drawText(tile, right ? '✓' : '✗', x, y, { size: 13, color: right ? RIGHT : WRONG, pen: 2.6 })
  drawText(tile, right ? 'right' : 'wrong', x + 23, y, { size: 13, color: sheetColors.text })
  drawText(tile, `off by ${distance.toFixed(2)}`, x, y + 30, { size: SHEET_TEXT, color: sheetColors.faint })
}
