import { describe, expect, test } from 'vitest'
import { LocatorError } from '../../src/errors.js'
import { parseModelCard } from '../../src/exported-model/model-card.js'
import { formatPictureList, parsePictureList, pictureId } from '../../src/exported-model/picture-list.js'
import { colorMatcherCard } from '../support/color-matcher.js'

const file = (path: string) => ({ path, sha256: 'ab'.repeat(32) })
const card = {
  ...colorMatcherCard,
  files: { puzzle_encoder: file('puzzle_encoder.onnx'), piece_locator: file('piece_locator.onnx') },
}

function parse(changes: Record<string, unknown>) {
  return parseModelCard(JSON.stringify({ ...card, ...changes }), 'm/model.json')
}

describe('parseModelCard', () => {
  test('reads what was written', () => {
    expect(parse({})).toEqual(card)
    const metrics = [{ split: 'val', n: 400, cellAccuracy: 0.6, interval: [0.55, 0.65] }]
    const trainingPictures = file('training-pictures.txt')
    expect(parse({ metrics, trainingPictures })).toEqual({ ...card, metrics, trainingPictures })
  })

  test.each([
    [{ formatVersion: 2 }, 'Expected format version 1 for m/model.json but received 2.'],
    [{ kind: 'oracle' }, 'Expected regressor or matcher for "kind" of m/model.json but received "oracle".'],
    [{ name: undefined }, 'Expected text for "name" of m/model.json but received nothing.'],
    [{ input: 5 }, 'Expected an object for "input" of m/model.json but received 5.'],
    [
      { input: { puzzleSize: 256, pieceSize: 0 } },
      'Expected a whole number of 1 to 4096 for "pieceSize" of "input" of m/model.json but received 0.',
    ],
    [
      { grid: { rows: 2, cols: '2' } },
      'Expected a whole number of 1 to 1000 for "cols" of "grid" of m/model.json but received "2".',
    ],
    [{ metrics: {} }, 'Expected a list for "metrics" of m/model.json but received Object.'],
    [
      { metrics: [{ split: 'test' }] },
      'Expected a number for "n" of "metrics[0]" of m/model.json but received nothing.',
    ],
    [
      { files: { ...card.files, piece_locator: { ...file('x'), path: '../secrets' } } },
      'Expected a plain file name for "path" of "piece_locator" of "files" of m/model.json but received "../secrets".',
    ],
    [
      { files: { ...card.files, puzzle_encoder: { path: 'a.onnx', sha256: 'abc' } } },
      'Expected 64 hex digits for "sha256" of "puzzle_encoder" of "files" of m/model.json but received "abc".',
    ],
  ])('refuses %j', (changes, message) => {
    const error = catchError(() => parse(changes))
    expect(error.message).toBe(message)
    expect(error.code).toBe('E_MODEL')
  })

  test.each(['', '{', 'null', '[]', '"card"'])('refuses the document %j', text => {
    expect(catchError(() => parseModelCard(text, 'm/model.json')).code).toBe('E_MODEL')
  })
})

describe('lists of pictures', () => {
  const hashes = ['ff'.repeat(32), '00'.repeat(32), 'ff'.repeat(32)]

  test('are sorted, each picture once, and read back', () => {
    const text = formatPictureList(hashes)
    expect(text).toBe(`${'0'.repeat(16)}\n${'f'.repeat(16)}\n`)
    const list = parsePictureList(text, 'list')
    expect(list.size).toBe(2)
    expect(list.has(pictureId(hashes[0]!))).toBe(true)
    expect(list.has(pictureId('12'.repeat(32)))).toBe(false)
  })

  test('refuse anything else', () => {
    expect(() => parsePictureList('cat.jpg\n', 'list')).toThrow('16 hex digits a line')
  })
})

function catchError(act: () => unknown): LocatorError {
  try {
    act()
  } catch (error) {
    if (error instanceof LocatorError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
