import { describe, expect, test } from 'vitest'
import { type CutOptions, cutPicture } from '../../src/data/cut.js'
import { PictureCache } from '../../src/data/picture-cache.js'
import { wavyImage } from '../support/test-pattern.js'

const options: CutOptions = { grid: { rows: 2, cols: 2 }, pieceSize: 8, puzzleSize: 16 }
/** With its four pieces: 3 * (16² + 4 * 8²) = 1536 bytes. */
const large = (number: number) => cutPicture(wavyImage(40, 30, number), options)
/** With its picture: 3 * (16² + 9 * 10) = 1038 bytes. */
const small = (number: number) => cutPicture(wavyImage(9, 10, number), options)

describe('PictureCache', () => {
  test('gives back what was put in, pieces or picture', () => {
    const cache = PictureCache.create(3, 1e6, options)
    expect(cache.get(1)).toBeUndefined()
    cache.put(2, large(2))
    cache.put(0, small(0))
    expect(cache.get(0)).toEqual(small(0))
    expect(cache.get(1)).toBeUndefined()
    expect(cache.get(2)).toEqual(large(2))
  })

  test('stays within its bytes: what no longer fits is not kept, smaller things still are', () => {
    const cache = PictureCache.create(10, 2 * 1536 + 1100, options)
    expect(cache.memory.bytes.byteLength).toBeLessThanOrEqual(2 * 1536 + 1100)
    for (let i = 0; i < 4; i++) cache.put(i, large(i))
    cache.put(4, small(4))
    expect([0, 1, 2, 3, 4].map(i => cache.get(i) !== undefined)).toEqual([true, true, false, false, true])
    expect(cache.get(0)).toEqual(large(0))
    expect(cache.get(4)).toEqual(small(4))
  })

  test('takes no more memory than all its pictures need', () => {
    expect(PictureCache.create(2, 1e12, options).memory.bytes.byteLength).toBe(2 * 1536)
  })

  test('keeps nothing in no bytes', () => {
    const cache = PictureCache.create(2, 0, options)
    cache.put(0, small(0))
    expect(cache.get(0)).toBeUndefined()
  })

  test('is one for all that attach to its memory; the first to put a picture wins', () => {
    const cache = PictureCache.create(2, 1e6, options)
    const other = PictureCache.attach(cache.memory, options)
    other.put(1, large(1))
    cache.put(1, large(5))
    expect(cache.get(1)).toEqual(large(1))
  })
})
