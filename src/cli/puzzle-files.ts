import { join } from 'node:path'
import { cropImage } from '../image/crop.js'
import { writePng } from '../image/encode.node.js'
import { cellBox, type Grid } from '../image/grid.js'
import { resizeImage } from '../image/resize.js'
import type { RgbImage } from '../image/rgb-image.js'

/** A puzzle and pieces of it, as pictures. */
export interface CutPuzzle {
  readonly puzzle: RgbImage
  readonly pieces: readonly { readonly cell: number; readonly image: RgbImage }[]
}

/** Cuts pieces out of a picture, in its own proportions. */
export function cutOut(puzzle: RgbImage, grid: Grid, cells: readonly number[]): CutPuzzle {
  const cut = (cell: number): RgbImage => cropImage(puzzle, cellBox(grid, cell, puzzle.width, puzzle.height))
  return { puzzle, pieces: cells.map(cell => ({ cell, image: cut(cell) })) }
}

/** The picture with its longer side shrunk to `longest` pixels; as it is where that is no shrinking. */
export function shrink(image: RgbImage, longest: number): RgbImage {
  const factor = longest / Math.max(image.width, image.height)
  if (factor >= 1) return image
  const side = (size: number): number => Math.max(1, Math.round(size * factor))
  return resizeImage(image, side(image.width), side(image.height))
}

/**
 * Writes a puzzle and its pieces as PNG files, the puzzle as `puzzle<suffix>.png`, the pieces as `piece<suffix>-1.png` and so on.
 *
 * @returns the files' names within the folder
 * @throws E_INPUT where a file cannot be written
 */
export async function writePuzzle(
  folder: string,
  { puzzle, pieces }: CutPuzzle,
  suffix = '',
): Promise<{ puzzle: string; pieces: string[] }> {
  const names = {
    puzzle: `puzzle${suffix}.png`,
    pieces: pieces.map((_, i) => `piece${suffix}-${i + 1}.png`),
  }
  await writePng(join(folder, names.puzzle), puzzle)
  for (const [i, piece] of pieces.entries()) await writePng(join(folder, names.pieces[i]!), piece.image)
  return names
}
