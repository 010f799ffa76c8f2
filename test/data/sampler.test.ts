import { describe, expect, test } from 'vitest'
import { type BatchPlan, type EpochOptions, planEpoch, planEvaluation } from '../../src/data/sampler.js'

const options: EpochOptions = {
  seed: 1,
  epoch: 1,
  pictures: { first: 100, count: 32 },
  grid: { rows: 2, cols: 2 },
  puzzlesPerBatch: 8,
  piecesPerPuzzle: 4,
  sampling: 'puzzles',
}

const visits = (plan: readonly BatchPlan[]) =>
  plan.flatMap(({ puzzles, pieces }) => pieces.map(({ puzzle, cell }) => `${puzzles[puzzle]}:${cell}`))

const everyVisit = Array.from({ length: 128 }, (_, i) => `${100 + Math.floor(i / 4)}:${i % 4}`)

describe('planEpoch', () => {
  test('visits every picture once with all its cells, in full batches', () => {
    const plan = planEpoch(options)
    expect(plan.map(({ puzzles, pieces }) => [puzzles.length, pieces.length])).toEqual(Array(4).fill([8, 32]))
    expect(visits(plan).sort()).toEqual(everyVisit.sort())
  })

  test.each(['puzzles', 'independent'] as const)('groups pieces by puzzle (%s)', sampling => {
    for (const { puzzles, pieces } of planEpoch({ ...options, sampling })) {
      expect(pieces.map(({ puzzle }) => puzzle)).toEqual(
        pieces.map((_, i) => Math.floor((i * puzzles.length) / pieces.length)),
      )
    }
  })

  test('is the same for the same seed and epoch, and another for another', () => {
    expect(planEpoch(options)).toEqual(planEpoch({ ...options }))
    expect(planEpoch({ ...options, epoch: 2 })).not.toEqual(planEpoch(options))
    expect(planEpoch({ ...options, seed: 2 })).not.toEqual(planEpoch(options))
  })

  test('numbers the pieces of an epoch', () => {
    const samples = planEpoch({ ...options, pictures: { first: 0, count: 13 } }).flatMap(({ pieces }) =>
      pieces.map(({ sample }) => sample),
    )
    expect(samples).toEqual(Array.from({ length: 64 }, (_, i) => i))
  })

  test('fills the last batch from the beginning of its order', () => {
    const plan = planEpoch({ ...options, pictures: { first: 0, count: 13 } })
    expect(plan.map(({ puzzles }) => puzzles.length)).toEqual([8, 8])
    expect(new Set(plan.flatMap(({ puzzles }) => puzzles)).size).toBe(13)
    expect(plan[1]!.puzzles.slice(5)).toEqual(plan[0]!.puzzles.slice(0, 3))
    expect(new Set(plan[1]!.puzzles).size).toBe(8)
  })

  test('makes one smaller batch of what is less than one', () => {
    const plan = planEpoch({ ...options, pictures: { first: 5, count: 3 } })
    expect(plan).toHaveLength(1)
    expect([...plan[0]!.puzzles].sort()).toEqual([5, 6, 7])
  })

  test('draws different cells of each puzzle of a larger grid, all of them over the epochs', () => {
    const grid = { rows: 4, cols: 6 }
    const seen = new Set<number>()
    for (let epoch = 1; epoch <= 5; epoch++) {
      for (const { puzzles, pieces } of planEpoch({ ...options, grid, epoch })) {
        for (let puzzle = 0; puzzle < puzzles.length; puzzle++) {
          const cells = pieces.filter(piece => piece.puzzle === puzzle).map(({ cell }) => cell)
          expect(new Set(cells).size).toBe(4)
          for (const cell of cells) seen.add(cell)
        }
      }
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i))
  })

  test('independent: every cell of every picture once, each with a puzzle of its own, mixed', () => {
    const plan = planEpoch({ ...options, sampling: 'independent' })
    expect(plan.map(({ puzzles, pieces }) => [puzzles.length, pieces.length])).toEqual(Array(4).fill([32, 32]))
    expect(visits(plan)).not.toEqual(everyVisit)
    expect(visits(plan).sort()).toEqual(everyVisit.sort())
  })

  test.each([
    [{ piecesPerPuzzle: 5 }, 'Expected a whole number of 1 to 4, the cells of the grid for the pieces of a puzzle'],
    [{ puzzlesPerBatch: 0 }, 'Expected a whole number from 1 for the puzzles of a batch but received 0.'],
    [{ pictures: { first: 0, count: 0 } }, 'Expected at least one picture'],
  ])('refuses %o', (wrong, message) => {
    expect(() => planEpoch({ ...options, ...wrong })).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
    expect(() => planEpoch({ ...options, ...wrong })).toThrow(message)
  })
})

describe('planEvaluation', () => {
  test('takes every cell of every picture, in order, the last batch smaller', () => {
    const plan = planEvaluation({ ...options, pictures: { first: 100, count: 10 } })
    expect(plan.map(({ puzzles, pieces }) => [puzzles.length, pieces.length])).toEqual([
      [8, 32],
      [2, 8],
    ])
    expect(visits(plan)).toEqual(everyVisit.slice(0, 40))
  })

  test('takes as many as asked of a larger grid, the same ones whatever else is measured', () => {
    const grid = { rows: 4, cols: 6 }
    const all = planEvaluation({ ...options, grid })
    const part = planEvaluation({ ...options, grid, puzzlesPerBatch: 3, pictures: { first: 104, count: 4 } })
    expect(visits(part)).toEqual(visits(all).slice(16, 32))
    expect(new Set(visits(all)).size).toBe(128)
  })
})
