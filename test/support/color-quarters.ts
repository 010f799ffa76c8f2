import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rgb } from '../../src/image/color-map.js'
import { writePng } from '../../src/image/encode.node.js'
import { type RgbImage, rgbImage } from '../../src/image/rgb-image.js'

/** Colors of a 2x2 puzzle, row-major, far apart. */
export const quarterColors: readonly Rgb[] = [
  [220, 30, 30],
  [30, 200, 40],
  [30, 60, 220],
  [230, 220, 60],
]

/** A puzzle whose quarters have the {@link quarterColors}. */
export function quartersPuzzle(width = 64, height = 48): RgbImage {
  const image = rgbImage(width, height)
  for (let i = 0; i < width * height; i++) {
    const right = i % width >= width / 2 ? 1 : 0
    const below = Math.floor(i / width) >= height / 2 ? 2 : 0
    image.data.set(quarterColors[right + below]!, 3 * i)
  }
  return image
}

/** A piece of one color. */
export function plainPiece(color: Rgb, width = 20, height = 20): RgbImage {
  const image = rgbImage(width, height)
  for (let i = 0; i < width * height; i++) image.data.set(color, 3 * i)
  return image
}

/** Writes `puzzle.png` and `piece-0.png` .. `piece-3.png`, the quarters' pieces, and returns their paths. */
export async function writeQuarters(folder: string): Promise<{ puzzle: string; pieces: string[] }> {
  await mkdir(folder, { recursive: true })
  const puzzle = join(folder, 'puzzle.png')
  await writePng(puzzle, quartersPuzzle())
  const pieces = quarterColors.map((_, i) => join(folder, `piece-${i}.png`))
  for (const [i, path] of pieces.entries()) await writePng(path, plainPiece(quarterColors[i]!))
  return { puzzle, pieces }
}
