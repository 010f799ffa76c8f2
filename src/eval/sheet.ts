import { canvas, paste } from '../image/canvas.js'
import type { Rgb } from '../image/color-map.js'
import type { RgbImage } from '../image/rgb-image.js'
import { drawText, textWidth } from '../image/text.js'

/** Colors of sheets, which are dark as the room in which pictures are looked at. */
export const sheetColors = {
  background: [24, 24, 28],
  text: [236, 236, 240],
  faint: [160, 162, 172],
  grid: [255, 255, 255],
} as const satisfies Record<string, Rgb>

const MARGIN = 20
const GAP = 20
const TITLE = 18
/** Height of the capitals of all other texts, pixels. */
export const SHEET_TEXT = 12
/** What is above the tiles: title, a line of text, a line of the legend. */
const HEADER = MARGIN + 106

export interface SheetHead {
  readonly title: string
  readonly subtitle: string
  /** Draws what the marks mean, beginning at (x, y). */
  readonly legend: (sheet: RgbImage, x: number, y: number) => void
}

/** Puts tiles of equal size into rows under a title. The sheet is as wide as its texts need. @param tiles at least one */
export function arrangeSheet(
  { title, subtitle, legend }: SheetHead,
  tiles: readonly RgbImage[],
  cols: number,
): RgbImage {
  const across = Math.min(cols, tiles.length)
  const { width, height } = tiles[0]!
  const rows = Math.ceil(tiles.length / cols)
  const inner = Math.max(across * (width + GAP) - GAP, textWidth(title, TITLE), textWidth(subtitle, SHEET_TEXT))
  const sheet = canvas(
    Math.ceil(inner) + 2 * MARGIN,
    HEADER + rows * (height + GAP) - GAP + MARGIN,
    sheetColors.background,
  )
  drawText(sheet, title, MARGIN, MARGIN, { size: TITLE, color: sheetColors.text })
  drawText(sheet, subtitle, MARGIN, MARGIN + 34, { size: SHEET_TEXT, color: sheetColors.faint })
  legend(sheet, MARGIN, MARGIN + 67)
  tiles.forEach((tile, i) => {
    const x = MARGIN + (i % cols) * (width + GAP)
    paste(sheet, tile, x, HEADER + Math.floor(i / cols) * (height + GAP))
  })
  return sheet
}
