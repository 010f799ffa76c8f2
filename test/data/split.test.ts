import { describe, expect, test } from 'vitest'
import { splitCounts, splitRanges, trainAndVal } from '../../src/data/split.js'

describe('splitCounts', () => {
  test.each([
    [1000, { test: 200, val: 80, train: 720 }],
    [3, { test: 1, val: 1, train: 1 }],
    [10, { test: 2, val: 1, train: 7 }],
    [59, { test: 12, val: 5, train: 42 }],
  ])('of %i pictures', (pictures, counts) => {
    expect(splitCounts(pictures)).toEqual(counts)
  })

  test('refuses too few pictures to split', () => {
    expect(() => splitCounts(2)).toThrow('Expected at least 3 pictures for a split but received 2.')
  })
})

test('ranges follow each other: test, val, train; train and val are one range', () => {
  const split = splitRanges({ test: 4, val: 2, train: 9 })
  expect(split).toEqual({
    test: { first: 0, count: 4 },
    val: { first: 4, count: 2 },
    train: { first: 6, count: 9 },
  })
  expect(trainAndVal(split)).toEqual({ first: 4, count: 11 })
})
