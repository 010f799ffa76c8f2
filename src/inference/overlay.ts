import { resizeImage } from '../image/resize.js'
import type { Box, RgbImage } from '../image/rgb-image.js'
import { canvas, outline, paste } from './canvas.js'
import { heatColor, type Rgb } from './color-map.js'
import type { Heatmap, LocateResult } from './types.js'

/** Longest side of the puzzle in a panel, in pixels: of the only panel, and the least of many. */
const LARGEST_PUZZLE = 640
const SMALLEST_PUZZLE = 160

const BACKGROUND: Rgb = [24, 24, 28]
const LIGHT: Rgb = [255, 255, 255]
const DARK: Rgb = [0, 0, 0]

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
  if (result.heatmap) tint(map, result.heatmap)
  if (result.box) frame(map, scaled(result.box, map.width / puzzle.width, map.height / puzzle.height), puzzleSize)
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

/** A light line with dark edges is seen on any picture. */
function frame(image: RgbImage, box: Box, puzzleSize: number): void {
  const line = Math.max(1, Math.round(puzzleSize / 160))
  const inset = (by: number) => ({
    x: box.x + by,
    y: box.y + by,
    width: box.width - 2 * by,
    height: box.height - 2 * by,
  })
  outline(image, box, 1, DARK)
  outline(image, inset(1), line, LIGHT)
  outline(image, inset(1 + line), 1, DARK)
}

/** Fades the picture towards grey where the model does not look, and towards the heat's color where it does. */
function tint(image: RgbImage, heatmap: Heatmap): void {
  const { width, height, data } = image
  const highest = heatmap.data.reduce((a, b) => Math.max(a, b), 0) || 1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const heat = sample(heatmap, (x + 0.5) / width, (y + 0.5) / height) / highest
      const color = heatColor(heat)
      const i = 3 * (y * width + x)
      const grey = 0.3 * data[i]! + 0.6 * data[i + 1]! + 0.1 * data[i + 2]!
      const opacity = 0.35 + 0.35 * heat
      for (let c = 0; c < 3; c++) {
        const faded = 0.5 * data[i + c]! + 0.5 * grey
        data[i + c] = Math.round(faded * (1 - opacity) + color[c]! * opacity)
      }
    }
  }
}

/** Bilinear between the centres of the map's locations. */
function sample({ data, width, height }: Heatmap, x: number, y: number): number {
  const [left, right, u] = neighbours(x, width)
  const [top, bottom, v] = neighbours(y, height)
  const at = (row: number, col: number) => data[row * width + col]!
  const upper = at(top, left) * (1 - u) + at(top, right) * u
  const lower = at(bottom, left) * (1 - u) + at(bottom, right) * u
  return upper * (1 - v) + lower * v
}

function neighbours(fraction: number, count: number): [first: number, second: number, share: number] {
  const position = Math.min(count - 1, Math.max(0, fraction * count - 0.5))
  const first = Math.floor(position)
  return [first, Math.min(count - 1, first + 1), position - first]
}
