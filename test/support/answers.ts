import type { Batch } from '../../src/data/batch.js'
import type { BatchAnswers } from '../../src/eval/placed-piece.js'
import { tensor } from '../../src/tensor.js'

/** Answers to a batch: each `offset(i)` to the right of its target, attending to the first of four locations. */
export function answersAt(batch: Batch, offset: (piece: number) => number = () => 0): BatchAnswers {
  const position = Float32Array.from(batch.target, (value, i) => (i % 2 === 0 ? value + offset(i / 2) : value))
  const attention = Float32Array.from({ length: 4 * batch.pieceCount }, (_, i) => (i % 4 === 0 ? 1 : 0))
  return {
    position: tensor('float32', [batch.pieceCount, 2], position),
    attention: tensor('float32', [batch.pieceCount, 2, 2], attention),
  }
}
