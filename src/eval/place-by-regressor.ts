import type { Batch } from '../data/batch.js'
import type { RgbImage } from '../image/rgb-image.js'
import { imageFromPlanes } from '../image/to-tensor.js'
import type { Regressor } from '../inference/regressor.js'

/** Places a batch's pieces as users of an exported model do: puzzle by puzzle. Gives their positions, `[P, 2]`. */
export async function placeByRegressor(regressor: Regressor, batch: Batch): Promise<Float32Array> {
  const { puzzleSize, pieceSize } = regressor.card.input
  const puzzles = pictures(batch.puzzle, batch.puzzleCount, puzzleSize)
  const pieces = pictures(batch.piece, batch.pieceCount, pieceSize)
  const each = batch.pieceCount / batch.puzzleCount
  const positions: number[] = []
  for (const [i, puzzle] of puzzles.entries()) {
    const features = await regressor.encodePuzzle(puzzle)
    const placed = await regressor.locate(pieces.slice(i * each, (i + 1) * each), features)
    for (const { position } of placed) positions.push(position.x, position.y)
  }
  return Float32Array.from(positions)
}

function pictures(planes: Float32Array, count: number, size: number): RgbImage[] {
  return Array.from({ length: count }, (_, i) => imageFromPlanes(planes, size, size, i * 3 * size * size))
}
