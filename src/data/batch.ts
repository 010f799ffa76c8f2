import { cellCenter } from '../image/grid.js'
import { writeFloatPlanes } from '../image/to-tensor.js'
import { Random } from '../prng.js'
import { drawAugmentation, type PieceAugmenter } from './augment.js'
import { type CutOptions, type CutPicture, pieceOf } from './cut.js'
import type { BatchPlan } from './sampler.js'

/** The numbers of one training or evaluation step. Pieces are grouped by puzzle: piece i belongs to floor(i * Q / P). */
export interface Batch {
  /** The batch's place in its plan. */
  readonly index: number
  /** P. */
  readonly pieceCount: number
  /** Q. */
  readonly puzzleCount: number
  /** `[P, 3, s, s]`, 0..1. */
  readonly piece: Float32Array
  /** `[Q, 3, S, S]`, 0..1. */
  readonly puzzle: Float32Array
  /** `[P, 2]`: the centre (cx, cy) of each piece's cell, as fractions of width and height. */
  readonly target: Float32Array
  /** `[P]`: each piece's cell. */
  readonly cells: Int32Array
  /** `[Q]`: each puzzle's picture, as an index of the source. */
  readonly pictures: Int32Array
  /** Pictures of the plan that could not be read, and what stands in their place. */
  readonly replaced: readonly ReplacedPicture[]
}

export interface ReplacedPicture {
  /** The picture's name in its source. */
  readonly name: string
  /** Why it could not be read: one sentence. */
  readonly reason: string
}

/** Where augmentation comes from: piece n of an epoch gets the numbers of (seed, epoch, n). */
export interface AugmentStream {
  readonly seed: number
  readonly epoch: number
}

/** A plan's puzzles, cut, with the picture that each is of. */
export interface PlannedPicture {
  readonly picture: number
  readonly cut: CutPicture
}

/**
 * Writes a batch's tensors.
 *
 * @param pictures one for each of the plan's puzzles, cut with the same options
 * @param augment null for pieces as they were cut
 */
export function composeBatch(
  index: number,
  plan: BatchPlan,
  pictures: readonly PlannedPicture[],
  options: CutOptions,
  augment: { stream: AugmentStream; augmenter: PieceAugmenter } | null,
): Omit<Batch, 'replaced'> {
  const pieceCount = plan.pieces.length
  const puzzleCount = plan.puzzles.length
  const piecePlanes = 3 * options.pieceSize ** 2
  const puzzlePlanes = 3 * options.puzzleSize ** 2
  const piece = new Float32Array(pieceCount * piecePlanes)
  const puzzle = new Float32Array(puzzleCount * puzzlePlanes)
  const target = new Float32Array(pieceCount * 2)
  pictures.forEach(({ cut }, i) => {
    writeFloatPlanes(cut.puzzle, puzzle, i * puzzlePlanes)
  })
  plan.pieces.forEach((planned, i) => {
    const image = pieceOf(pictures[planned.puzzle]!.cut, planned.cell, options)
    if (augment) {
      const random = Random.from(augment.stream.seed, 'augment', augment.stream.epoch, planned.sample)
      augment.augmenter.write(image, drawAugmentation(random, options.pieceSize), piece, i * piecePlanes)
    } else writeFloatPlanes(image, piece, i * piecePlanes)
    const center = cellCenter(options.grid, planned.cell)
    target.set([center.x, center.y], i * 2)
  })
  return {
    index,
    pieceCount,
    puzzleCount,
    piece,
    puzzle,
    target,
    cells: Int32Array.from(plan.pieces, ({ cell }) => cell),
    pictures: Int32Array.from(pictures, ({ picture }) => picture),
  }
}
