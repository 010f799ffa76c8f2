import { cropImage } from '../image/crop.js'
import { cellBox, cellCount, type Grid } from '../image/grid.js'
import { resizeImage } from '../image/resize.js'
import type { RgbImage } from '../image/rgb-image.js'

/** What pictures are turned into. */
export interface CutOptions {
  readonly grid: Grid
  /** Width and height of a piece, pixels. */
  readonly pieceSize: number
  /** Width and height of a puzzle, pixels. */
  readonly puzzleSize: number
}

/** A picture as a puzzle: squashed to a square, as in the seed experiments. */
export function cutPuzzle(picture: RgbImage, options: CutOptions): RgbImage {
  return resizeImage(picture, options.puzzleSize, options.puzzleSize)
}

/** The piece of a cell: cut from the original picture, then squashed to a square. */
export function cutPiece(picture: RgbImage, cell: number, { grid, pieceSize }: CutOptions): RgbImage {
  return resizeImage(cropImage(picture, cellBox(grid, cell, picture.width, picture.height)), pieceSize, pieceSize)
}

/**
 * What batches need of a picture: its puzzle, and either all its pieces, already resized, or, where that takes fewer bytes,
 * the picture to cut them from. Both give the same pieces, bit for bit.
 */
export interface CutPicture {
  readonly puzzle: RgbImage
  readonly source: CutSource
}

export type CutSource = { readonly pieces: readonly RgbImage[] } | { readonly picture: RgbImage }

/** Cuts as much of a picture as is worth keeping. */
export function cutPicture(picture: RgbImage, options: CutOptions): CutPicture {
  const puzzle = cutPuzzle(picture, options)
  if (!piecesAreSmaller(picture.width, picture.height, options)) return { puzzle, source: { picture } }
  const pieces = Array.from({ length: cellCount(options.grid) }, (_, cell) => cutPiece(picture, cell, options))
  return { puzzle, source: { pieces } }
}

/** The piece of a cell of a picture that was cut with the same options. */
export function pieceOf({ source }: CutPicture, cell: number, options: CutOptions): RgbImage {
  return 'pieces' in source ? source.pieces[cell]! : cutPiece(source.picture, cell, options)
}

function piecesAreSmaller(width: number, height: number, { grid, pieceSize }: CutOptions): boolean {
  return cellCount(grid) * pieceSize ** 2 <= width * height
}
