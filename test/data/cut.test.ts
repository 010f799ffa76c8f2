import { describe, expect, test } from 'vitest'
import { type CutOptions, cutPicture, cutPiece, pieceOf } from '../../src/data/cut.js'
import { resizeImage } from '../../src/image/resize.js'
import { patternImage, wavyImage } from '../support/test-pattern.js'

const options: CutOptions = { grid: { rows: 2, cols: 3 }, pieceSize: 8, puzzleSize: 12 }

describe('cutting', () => {
  test('a piece comes from the original’s pixels, not from the puzzle’s', () => {
    const picture = patternImage(24, 16)
    const { data, width, height } = cutPiece(picture, 5, options)
    expect([width, height]).toEqual([8, 8])
    for (let y = 0; y < 8; y++) {
      const from = ((8 + y) * 24 + 16) * 3
      expect([...data.subarray(y * 24, y * 24 + 24)]).toEqual([...picture.data.subarray(from, from + 24)])
    }
  })

  test('puzzle and pieces are squashed to squares', () => {
    const picture = wavyImage(120, 40)
    const cut = cutPicture(picture, options)
    expect(cut.puzzle).toEqual(resizeImage(picture, 12, 12))
    expect(pieceOf(cut, 4, options)).toMatchObject({ width: 8, height: 8 })
  })

  test.each([
    ['pieces', 90, 70],
    ['picture', 15, 11],
  ])('keeps the %s of a %i x %i picture, whichever is smaller, and gives the same pieces', (kept, width, height) => {
    const picture = wavyImage(width, height)
    const cut = cutPicture(picture, options)
    expect(Object.keys(cut.source)).toEqual([kept])
    for (let cell = 0; cell < 6; cell++) expect(pieceOf(cut, cell, options)).toEqual(cutPiece(picture, cell, options))
  })
})
