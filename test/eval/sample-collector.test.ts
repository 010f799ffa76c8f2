import { describe, expect, test } from 'vitest'
import { SampleCollector } from '../../src/eval/sample-collector.js'
import { answersAt } from '../support/answers.js'
import { plainBatch } from '../support/plain-batch.js'

const offsets = Array.from({ length: 40 }, (_, i) => ((i * 17) % 40) / 40)

/** Looks at 40 pieces, 8 at a time; piece i is as grey as i. */
function collect(count: number, seed = 1, pieces = 40): SampleCollector {
  const collector = new SampleCollector(pieces, count, seed)
  for (let start = 0; start < pieces; start += 8) {
    const batch = plainBatch({ puzzles: 2, each: 4, grey: i => start + i })
    collector.add(
      batch,
      answersAt(batch, i => offsets[start + i]!),
    )
  }
  return collector
}

const numbersOf = (placed: SampleCollector['typical']) => placed.map(({ piece }) => piece.data[0]!)

describe('SampleCollector', () => {
  test('keeps the pieces that are farthest from their target, the farthest first', () => {
    const { worst, seen } = collect(5)
    expect(seen).toBe(40)
    expect(worst.map(({ distance }) => Number(distance.toFixed(3)))).toEqual([0.975, 0.95, 0.925, 0.9, 0.875])
    const farthest = offsets.map((offset, i) => ({ offset, i })).sort((a, b) => b.offset - a.offset)
    expect(numbersOf(worst)).toEqual(farthest.slice(0, 5).map(({ i }) => i))
  })

  test('draws typical pieces from all parts of the test, by the seed alone', () => {
    const drawn = numbersOf(collect(5).typical)
    expect(drawn.map(i => Math.floor(i / 8))).toEqual([0, 1, 2, 3, 4])
    expect(numbersOf(collect(5).typical)).toEqual(drawn)
    expect([2, 3, 4].map(seed => numbersOf(collect(5, seed).typical))).not.toContainEqual(drawn)
  })

  test('takes all pieces of a test that has no more', () => {
    const { typical, worst } = collect(12, 1, 8)
    expect(numbersOf(typical)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(worst).toHaveLength(8)
  })

  test('keeps each piece with its own puzzle, target, answer and attention', () => {
    const batch = plainBatch({ puzzles: 2, each: 2, grey: i => 10 * i })
    const collector = new SampleCollector(4, 4, 1)
    collector.add(
      batch,
      answersAt(batch, () => 0.125),
    )
    expect(collector.typical.map(({ puzzle }) => puzzle.data[0])).toEqual([200, 200, 201, 201])
    expect(collector.typical.map(({ cell }) => cell)).toEqual([0, 1, 0, 1])
    expect(collector.typical[1]).toMatchObject({
      target: { x: 0.75, y: 0.25 },
      position: { x: 0.875, y: 0.25 },
      distance: 0.125,
      attention: { data: Float32Array.of(1, 0, 0, 0), width: 2, height: 2 },
    })
  })
})
