import type { Batch } from '../data/batch.js'
import type { Position } from '../image/grid.js'
import type { Heatmap } from '../image/heatmap.js'
import type { RgbImage } from '../image/rgb-image.js'
import { imageFromPlanes } from '../image/to-tensor.js'
import type { Tensor } from '../tensor.js'

/** A piece, where it belongs, and where a model placed it. */
export interface PlacedPiece {
  readonly piece: RgbImage
  readonly puzzle: RgbImage
  /** The cell that it belongs to, and that cell's centre. */
  readonly cell: number
  readonly target: Position
  /** The answer. */
  readonly position: Position
  /** Between answer and target, in fractions of width and height. */
  readonly distance: number
  readonly attention: Heatmap
}

/** What a model says of a batch. */
export interface BatchAnswers {
  /** `[P, 2]`, fractions of width and height. */
  readonly position: Tensor<'float32'>
  /** `[P, h, w]` */
  readonly attention: Tensor<'float32'>
}

/** How far the answer for piece `i` of a batch is from its target. */
export function distanceOf(batch: Batch, { position }: BatchAnswers, i: number): number {
  const [x, y] = [2 * i, 2 * i + 1]
  return Math.hypot(position.data[x]! - batch.target[x]!, position.data[y]! - batch.target[y]!)
}

/** Piece `i` of a batch, with copies of its pictures. */
export function placedPiece(batch: Batch, answers: BatchAnswers, i: number): PlacedPiece {
  const { position, attention } = answers
  const [, height, width] = attention.dims as [number, number, number]
  return {
    piece: pictureOf(batch.piece, batch.pieceCount, i),
    puzzle: pictureOf(batch.puzzle, batch.puzzleCount, Math.floor((i * batch.puzzleCount) / batch.pieceCount)),
    cell: batch.cells[i]!,
    target: { x: batch.target[2 * i]!, y: batch.target[2 * i + 1]! },
    position: { x: position.data[2 * i]!, y: position.data[2 * i + 1]! },
    distance: distanceOf(batch, answers, i),
    attention: { data: attention.data.slice(i * height * width, (i + 1) * height * width), width, height },
  }
}

/** Picture `i` of a tensor `[count, 3, size, size]`. */
export function pictureOf(planes: Float32Array, count: number, i: number): RgbImage {
  const each = planes.length / count
  const size = Math.sqrt(each / 3)
  return imageFromPlanes(planes, size, size, i * each)
}
