import type { Batch } from '../../src/data/batch.js'
import { cellCenter } from '../../src/image/grid.js'

const GRID = { rows: 2, cols: 2 }
const SIDE = 8

/** A batch of plain pictures of a 2x2 grid: piece i of one grey, 0 .. 255, puzzle q of grey 200 + q, pieces of cells 0, 1, ... */
export function plainBatch({
  puzzles,
  each,
  grey,
}: {
  puzzles: number
  each: number
  grey: (i: number) => number
}): Batch {
  const size = 3 * SIDE * SIDE
  const pieceCount = puzzles * each
  const cells = Int32Array.from({ length: pieceCount }, (_, i) => (i % each) % 4)
  const plain = (count: number, value: (i: number) => number) =>
    Float32Array.from({ length: count * size }, (_, i) => value(Math.floor(i / size)) / 255)
  return {
    index: 0,
    pieceCount,
    puzzleCount: puzzles,
    piece: plain(pieceCount, grey),
    puzzle: plain(puzzles, q => 200 + q),
    target: Float32Array.from([...cells].flatMap(cell => Object.values(cellCenter(GRID, cell)))),
    cells,
    pictures: Int32Array.from({ length: puzzles }, (_, q) => q),
    replaced: [],
  }
}
