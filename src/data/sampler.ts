import { expected } from '../errors.js'
import { cellCount, type Grid } from '../image/grid.js'
import { Random } from '../prng.js'
import type { PictureRange } from './split.js'

/** What one batch is made of. Pieces are grouped by puzzle: piece i belongs to puzzle floor(i * Q / P). */
export interface BatchPlan {
  /** The Q puzzles: indices of pictures in their source. */
  readonly puzzles: readonly number[]
  /** The P pieces; P is a multiple of Q. */
  readonly pieces: readonly PiecePlan[]
  /** What the puzzles were drawn from; a picture that cannot be read is replaced from here. */
  readonly range: PictureRange
}

export interface PiecePlan {
  /** The piece's puzzle: a position in `puzzles`. */
  readonly puzzle: number
  readonly cell: number
  /** The piece's number within the epoch, from which its augmentation is drawn. */
  readonly sample: number
}

export interface BatchSize {
  readonly puzzlesPerBatch: number
  readonly piecesPerPuzzle: number
}

export interface EpochOptions extends BatchSize {
  readonly seed: number
  /** From 1; each epoch has its own order. */
  readonly epoch: number
  readonly pictures: PictureRange
  readonly grid: Grid
  /**
   * - `puzzles`: every picture once, with `piecesPerPuzzle` different cells of it drawn at random (all of them, where the
   *   grid has no more)
   * - `independent`: every cell of every picture once, each as a puzzle of one piece, puzzlesPerBatch * piecesPerPuzzle a batch
   */
  readonly sampling: 'puzzles' | 'independent'
}

/**
 * An epoch's batches, in order; the same options give the same plan. All batches have the same size: the last is filled up
 * from the beginning of the epoch's own order. Where there is less than one batch, that one holds what there is.
 *
 * @throws E_CONFIG where sizes and grid do not fit together
 */
export function planEpoch(options: EpochOptions): BatchPlan[] {
  checkSizes(options)
  const { pictures, grid, puzzlesPerBatch, piecesPerPuzzle } = options
  const random = Random.from(options.seed, 'epoch', options.epoch)
  const cells = cellCount(grid)
  const plan = new Planner(pictures)
  if (options.sampling === 'independent') {
    const order = random.shuffle(numbers(pictures.count * cells))
    for (const batch of fullBatches(order, puzzlesPerBatch * piecesPerPuzzle)) {
      plan.add(batch.map(i => ({ picture: pictures.first + Math.floor(i / cells), cells: [i % cells] })))
    }
  } else {
    const order = random.shuffle(numbers(pictures.count))
    for (const batch of fullBatches(order, puzzlesPerBatch)) {
      plan.add(batch.map(i => ({ picture: pictures.first + i, cells: drawCells(random, cells, piecesPerPuzzle) })))
    }
  }
  return plan.batches
}

/**
 * Batches for measuring: every picture once, in order, with all its cells where there are no more than `piecesPerPuzzle`, else
 * with that many, which depend on nothing but the picture's index and the grid. The last batch may be smaller.
 *
 * @throws E_CONFIG where the sizes are not positive
 */
export function planEvaluation(options: BatchSize & { pictures: PictureRange; grid: Grid }): BatchPlan[] {
  const { pictures, grid, puzzlesPerBatch } = options
  const cells = cellCount(grid)
  const piecesPerPuzzle = Math.min(cells, options.piecesPerPuzzle)
  checkSizes({ ...options, piecesPerPuzzle })
  const plan = new Planner(pictures)
  for (let start = 0; start < pictures.count; start += puzzlesPerBatch) {
    const batch = numbers(Math.min(puzzlesPerBatch, pictures.count - start)).map(i => pictures.first + start + i)
    plan.add(
      batch.map(picture => {
        const random = Random.from('evaluation', picture)
        const drawn = piecesPerPuzzle === cells ? numbers(cells) : drawCells(random, cells, piecesPerPuzzle)
        return { picture, cells: drawn.sort((a, b) => a - b) }
      }),
    )
  }
  return plan.batches
}

/** Collects batches and numbers their pieces. */
class Planner {
  readonly batches: BatchPlan[] = []
  private samples = 0

  constructor(private readonly range: PictureRange) {}

  add(puzzles: readonly { picture: number; cells: readonly number[] }[]): void {
    this.batches.push({
      puzzles: puzzles.map(({ picture }) => picture),
      pieces: puzzles.flatMap(({ cells }, puzzle) => cells.map(cell => ({ puzzle, cell, sample: this.samples++ }))),
      range: this.range,
    })
  }
}

function checkSizes({
  pictures,
  grid,
  puzzlesPerBatch,
  piecesPerPuzzle,
}: BatchSize & { pictures: PictureRange; grid: Grid }) {
  if (pictures.count < 1) throw expected('E_CONFIG', 'at least one picture', 'a plan of batches', pictures.count)
  if (!Number.isInteger(puzzlesPerBatch) || puzzlesPerBatch < 1) {
    throw expected('E_CONFIG', 'a whole number from 1', 'the puzzles of a batch', puzzlesPerBatch)
  }
  const cells = cellCount(grid)
  if (!Number.isInteger(piecesPerPuzzle) || piecesPerPuzzle < 1 || piecesPerPuzzle > cells) {
    throw expected(
      'E_CONFIG',
      `a whole number of 1 to ${cells}, the cells of the grid`,
      'the pieces of a puzzle',
      piecesPerPuzzle,
    )
  }
}

/** Different cells in random order (the first steps of a Fisher-Yates shuffle). */
function drawCells(random: Random, cells: number, count: number): number[] {
  const all = numbers(cells)
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(cells - i)
    const cell = all[i]!
    all[i] = all[j]!
    all[j] = cell
  }
  return all.slice(0, count)
}

/** Cuts an order into batches of `size`, the last one filled up from the order's beginning. */
function fullBatches(order: readonly number[], size: number): number[][] {
  if (order.length <= size) return [[...order]]
  const batches: number[][] = []
  for (let start = 0; start < order.length; start += size) {
    const batch = order.slice(start, start + size)
    batches.push([...batch, ...order.slice(0, size - batch.length)])
  }
  return batches
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
