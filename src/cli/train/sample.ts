import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { PictureSource } from '../../data/picture-source.js'
import { planEvaluation } from '../../data/sampler.js'
import type { PictureRange } from '../../data/split.js'
import { LocatorError } from '../../errors.js'
import { type Grid, rowAndColumn } from '../../image/grid.js'
import { PieceLocator } from '../../inference/piece-locator.node.js'
import { piecesPerPuzzle } from '../../training/config.js'
import { cannotWrite } from '../../write-folder.node.js'
import { type CutPuzzle, cutOut, shrink, writePuzzle } from '../puzzle-files.js'

/** A puzzle that no training saw, some of its pieces, and what the exported model makes of them. */
export interface Sample {
  readonly puzzle: string
  readonly pieces: readonly { readonly path: string; readonly cell: number; readonly right: boolean }[]
}

export interface SampleOptions {
  readonly source: PictureSource
  readonly test: PictureRange
  readonly grid: Grid
  /** An exported model's folder. */
  readonly model: string
}

/** Test pictures that are looked at for one with a piece that the model places right. */
const PICTURES_TRIED = 20
/** Enough for a look; a camera's picture would be a PNG of many megabytes. */
const LONGEST_SIDE = 1024

/**
 * Writes the first test picture of which the model places a piece right (the very first one where there is none), as files for
 * the user to try. The pieces are those that the test measured.
 *
 * @throws E_INPUT where the files cannot be written
 */
export async function writeSample(folder: string, options: SampleOptions): Promise<Sample> {
  const { puzzle, pieces, right } = await findSample(options)
  await mkdir(folder, { recursive: true }).catch(cause => {
    throw cannotWrite(folder, cause)
  })
  const names = await writePuzzle(folder, { puzzle, pieces })
  return {
    puzzle: join(folder, names.puzzle),
    pieces: pieces.map(({ cell }, i) => ({ path: join(folder, names.pieces[i]!), cell, right: right[i]! })),
  }
}

type Tried = CutPuzzle & { readonly right: readonly boolean[] }

async function findSample({ source, test, grid, model }: SampleOptions): Promise<Tried> {
  const locator = await PieceLocator.load(model)
  try {
    let first: Tried | undefined
    for (let index = test.first; index < test.first + Math.min(test.count, PICTURES_TRIED); index++) {
      const tried = await tryPicture(locator, source, index, grid)
      if (tried?.right.includes(true)) return tried
      first ??= tried
    }
    if (first) return first
    throw new LocatorError('E_INPUT', 'None of the first test pictures can be read any more.')
  } finally {
    await locator.dispose()
  }
}

/** A picture, cut and located; undefined where it can no longer be read. */
async function tryPicture(
  locator: PieceLocator,
  source: PictureSource,
  index: number,
  grid: Grid,
): Promise<Tried | undefined> {
  const picture = await source.load(index).catch(error => {
    if (error instanceof LocatorError) return undefined
    throw error
  })
  if (!picture) return undefined
  const [plan] = planEvaluation({ pictures: { first: index, count: 1 }, grid, puzzlesPerBatch: 1, piecesPerPuzzle })
  const cells = plan!.pieces.map(piece => piece.cell)
  const cut = cutOut(shrink(picture, LONGEST_SIDE), grid, cells)
  const prepared = await locator.preparePuzzle(cut.puzzle, { grid })
  const results = await prepared.locateMany(cut.pieces.map(piece => piece.image))
  const right = results.map((result, i) => {
    const { row, col } = rowAndColumn(grid, cells[i]!)
    return result.cell?.row === row && result.cell.col === col
  })
  return { ...cut, right }
}
