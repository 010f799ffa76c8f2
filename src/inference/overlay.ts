import { canvas, frame, paste } from '../image/canvas.js'
import type { Rgb } from '../image/color-map.js'
import { tintByHeat } from '../image/heatmap.js'
import { resizeImage } from '../image/resize.js'
import type { Box, RgbImage } from '../image/rgb-image.js'
import type { LocateResult } from './types.js'

/** Longest side of the puzzle in a panel, in pixels: of the only panel, and the least of many. */
const LARGEST_PUZZLE = 640
const SMALLEST_PUZZLE = 160

const BACKGROUND: Rgb = [24, 24, 28]

/**
 * One piece's answer as a picture: the attention as a heat map over the puzzle, the predicted cell outlined, the piece beside it.
 *
 * @param result of `locate` with `heatmap: true`
 * @param puzzleSize the longest side that the puzzle gets, in pixels
 */
export function drawPanel(
  puzzle: RgbImage,
  piece: RgbImage,
  result: LocateResult,
  puzzleSize = LARGEST_PUZZLE,
): RgbImage {
  const margin = Math.round(puzzleSize / 32)
  const map = fitInto(puzzle, puzzleSize, puzzleSize)
  const side = Math.round(puzzleSize / 3)
  const thumbnail = fitInto(piece, side, Math.min(side, map.height))
  const panel = canvas(map.width + side + 3 * margin, map.height + 2 * margin, BACKGROUND)
  if (result.heatmap) tintByHeat(map, result.heatmap)
  if (result.box) {
    const line = Math.max(1, Math.round(puzzleSize / 160))
    frame(map, scaled(result.box, map.width / puzzle.width, map.height / puzzle.height), line)
  }
  paste(panel, map, margin, margin)
  const x = map.width + 2 * margin + ((side - thumbnail.width) >> 1)
  const y = (panel.height - thumbnail.height) >> 1
  paste(panel, thumbnail, x, y)
  return panel
}

/** How large the puzzle is drawn in each of `count` panels, so that all together stay a picture that can be looked at. */
export function panelSize(count: number): number {
  return Math.max(SMALLEST_PUZZLE, Math.round(LARGEST_PUZZLE / Math.sqrt(Math.ceil(Math.sqrt(count)))))
}

/** Panels of equal size side by side, in rows, in their order. */
export function arrangePanels(panels: readonly RgbImage[]): RgbImage {
  const cols = Math.ceil(Math.sqrt(panels.length))
  const { width, height } = panels[0]!
  const sheet = canvas(width * Math.min(cols, panels.length), height * Math.ceil(panels.length / cols), BACKGROUND)
  for (const [i, panel] of panels.entries()) paste(sheet, panel, (i % cols) * width, Math.floor(i / cols) * height)
  return sheet
}

function fitInto(image: RgbImage, width: number, height: number): RgbImage {
  const scale = Math.min(width / image.width, height / image.height)
  return resizeImage(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)))
}

function scaled(box: Box, x: number, y: number): Box {
  return { x: box.x * x, y: box.y * y, width: box.width * x, height: box.height * y }
}
