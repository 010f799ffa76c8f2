import type { Batch } from '../data/batch.js'
import { tensor } from '../tensor.js'
import type { Feeds } from './session/training-session.js'

/** A batch as the session's user inputs: `piece`, `puzzle`, `target`. */
export function batchFeeds(batch: Batch, sizes: { readonly pieceSize: number; readonly puzzleSize: number }): Feeds {
  const { pieceCount, puzzleCount } = batch
  return {
    piece: tensor('float32', [pieceCount, 3, sizes.pieceSize, sizes.pieceSize], batch.piece),
    puzzle: tensor('float32', [puzzleCount, 3, sizes.puzzleSize, sizes.puzzleSize], batch.puzzle),
    target: tensor('float32', [pieceCount, 2], batch.target),
  }
}
