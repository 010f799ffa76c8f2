import { expect, test } from 'vitest'
import { percentWords, placeWords } from '../../src/cli/place-words.js'

test.each([
  [2, 2, 1, 'row 1 of 2, column 2 of 2 (right, top)'],
  [2, 2, 2, 'row 2 of 2, column 1 of 2 (left, bottom)'],
  [3, 3, 4, 'row 2 of 3, column 2 of 3 (the middle)'],
  [1, 1, 0, 'row 1 of 1, column 1 of 1 (the middle)'],
  [4, 6, 9, 'row 2 of 4, column 4 of 6 (the middle)'],
  [4, 6, 23, 'row 4 of 4, column 6 of 6 (right, bottom)'],
  [2, 5, 2, 'row 1 of 2, column 3 of 5 (middle, top)'],
])('on %ix%i, cell %i is %s', (rows, cols, cell, words) => {
  expect(placeWords({ rows, cols }, cell)).toBe(words)
})

test('nothing is impossible or certain', () => {
  expect([0, 0.004, 0.006, 0.5, 0.994, 0.9999, 1].map(percentWords)).toEqual([
    'under 1%',
    'under 1%',
    '1%',
    '50%',
    '99%',
    'over 99%',
    'over 99%',
  ])
})
