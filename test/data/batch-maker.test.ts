import { describe, expect, test } from 'vitest'
import { BatchMaker } from '../../src/data/batch-maker.js'
import { type CutOptions, cutPiece, cutPuzzle } from '../../src/data/cut.js'
import { PictureCache } from '../../src/data/picture-cache.js'
import type { BatchPlan } from '../../src/data/sampler.js'
import { imageFromPlanes } from '../../src/image/to-tensor.js'
import { memoryPictures } from '../support/memory-pictures.js'
import { wavyImage } from '../support/test-pattern.js'

const options: CutOptions = { grid: { rows: 2, cols: 2 }, pieceSize: 8, puzzleSize: 16 }
const plan: BatchPlan = {
  puzzles: [3, 1],
  pieces: [
    { puzzle: 0, cell: 2, sample: 10 },
    { puzzle: 0, cell: 1, sample: 11 },
    { puzzle: 1, cell: 0, sample: 12 },
    { puzzle: 1, cell: 3, sample: 13 },
  ],
  range: { first: 1, count: 4 },
}

function makerOf(source: ReturnType<typeof memoryPictures>, cacheBytes = 1e6): BatchMaker {
  return new BatchMaker(source, PictureCache.create(source.count, cacheBytes, options), options)
}

describe('BatchMaker', () => {
  test('makes the tensors of a plan', async () => {
    const batch = await makerOf(memoryPictures(6)).make(5, plan, null)
    expect(batch).toMatchObject({ index: 5, pieceCount: 4, puzzleCount: 2, replaced: [] })
    expect([...batch.cells]).toEqual([2, 1, 0, 3])
    expect([...batch.pictures]).toEqual([3, 1])
    expect([...batch.target]).toEqual([0.25, 0.75, 0.75, 0.25, 0.25, 0.25, 0.75, 0.75])
    expect(batch.puzzle.length).toBe(2 * 3 * 16 * 16)
    expect(imageFromPlanes(batch.puzzle, 16, 16, 768)).toEqual(cutPuzzle(wavyImage(41, 30, 1), options))
    expect(batch.piece.length).toBe(4 * 3 * 8 * 8)
    expect(imageFromPlanes(batch.piece, 8, 8, 192)).toEqual(cutPiece(wavyImage(43, 30, 3), 1, options))
  })

  test('augments pieces only, by (seed, epoch, sample)', async () => {
    const maker = makerOf(memoryPictures(6))
    const plain = await maker.make(0, plan, null)
    const augmented = await maker.make(0, plan, { seed: 1, epoch: 1 })
    expect(augmented.puzzle).toEqual(plain.puzzle)
    expect(augmented.piece).not.toEqual(plain.piece)
    expect(await maker.make(0, plan, { seed: 1, epoch: 1 })).toEqual(augmented)
    expect((await maker.make(0, plan, { seed: 1, epoch: 2 })).piece).not.toEqual(augmented.piece)
    expect((await maker.make(0, plan, { seed: 2, epoch: 1 })).piece).not.toEqual(augmented.piece)
    const reversed = { ...plan, pieces: [plan.pieces[1]!, plan.pieces[0]!, ...plan.pieces.slice(2)] }
    const swapped = await maker.make(0, reversed, { seed: 1, epoch: 1 })
    expect(swapped.piece.subarray(0, 192)).toEqual(augmented.piece.subarray(192, 384))
  })

  test('gives the same batch with and without a cache, loading once with it', async () => {
    const [cached, uncached] = [memoryPictures(6), memoryPictures(6)]
    const [withCache, without] = [makerOf(cached), makerOf(uncached, 0)]
    for (let round = 0; round < 2; round++) {
      const stream = { seed: 4, epoch: round }
      expect(await withCache.make(0, plan, stream)).toEqual(await without.make(0, plan, stream))
    }
    expect([cached.loads.length, uncached.loads.length]).toEqual([2, 4])
  })

  test('replaces an unreadable picture by the next readable one of its range', async () => {
    const batch = await makerOf(memoryPictures(6, new Set([3, 4]))).make(0, plan, null)
    expect([...batch.pictures]).toEqual([1, 1])
    expect([...batch.cells]).toEqual([2, 1, 0, 3])
    expect(batch.replaced).toEqual([
      { name: 'wave 3', reason: 'wave 3 is damaged.' },
      { name: 'wave 4', reason: 'wave 4 is damaged.' },
    ])
    expect(imageFromPlanes(batch.piece, 8, 8)).toEqual(cutPiece(wavyImage(41, 30, 1), 2, options))
  })

  test('fails where no picture of the range can be read, even where others can', async () => {
    const maker = makerOf(memoryPictures(6, new Set([1, 2, 3, 4])))
    await expect(maker.make(0, plan, null)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: 'None of 4 pictures can be read any more; the first failure: wave 3 is damaged.',
    })
  })

  test('does not take a bug for an unreadable picture', async () => {
    const source = { ...memoryPictures(6), load: () => Promise.reject(new TypeError('a bug')) }
    await expect(makerOf(source).make(0, plan, null)).rejects.toThrow(TypeError)
  })
})
