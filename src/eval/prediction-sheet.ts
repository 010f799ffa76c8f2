import { heatColor } from '../image/color-map.js'
import type { Grid } from '../image/grid.js'
import type { RgbImage } from '../image/rgb-image.js'
import { stroke } from '../image/strokes.js'
import { drawText, textWidth } from '../image/text.js'
import type { PlacedPiece } from './placed-piece.js'
import { drawAnswerDot, drawPredictionTile, drawTarget } from './prediction-tile.js'
import { arrangeSheet, SHEET_TEXT, sheetColors } from './sheet.js'

const COLUMNS = 3
const LEGEND_TEXT = { size: SHEET_TEXT, color: sheetColors.text }

/**
 * A sheet of pieces and a model's answers: piece, puzzle, attention, target, answer, whether it is right.
 *
 * @param placed at least one
 */
export function drawPredictionSheet(
  placed: readonly PlacedPiece[],
  grid: Grid,
  texts: { readonly title: string; readonly subtitle: string },
): RgbImage {
  const tiles = placed.map(piece => drawPredictionTile(piece, grid))
  return arrangeSheet({ ...texts, legend: drawLegend }, tiles, COLUMNS)
}

function drawLegend(sheet: RgbImage, x: number, y: number): void {
  let left = x
  const entry = (text: string, width: number, mark: (left: number) => void): void => {
    mark(left)
    drawText(sheet, text, left + width + 8, y, LEGEND_TEXT)
    left += width + 8 + textWidth(text, LEGEND_TEXT.size) + 28
  }
  entry('where it belongs', 22, at => drawTarget(sheet, { x: at - 2, y: y - 7, width: 26, height: 26 }))
  entry('the answer', 14, at => drawAnswerDot(sheet, [at + 6, y + 6]))
  entry('attention, from none to most', 96, at => {
    for (let i = 0; i <= 96; i++)
      stroke(
        sheet,
        [
          [at + i, y + 1],
          [at + i, y + 11],
        ],
        2,
        heatColor(i / 96),
      )
  })
}
