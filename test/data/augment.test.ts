import { describe, expect, test } from 'vitest'
import { type Augmentation, drawAugmentation, PieceAugmenter } from '../../src/data/augment.js'
import { Random } from '../../src/prng.js'
import { largestDifference, patternImage, patternPlanes, wavyImage } from '../support/test-pattern.js'

const draws = Array.from({ length: 2000 }, (_, i) => drawAugmentation(Random.from('augment', i), 128))

const amounts = (wanted: string) =>
  draws.map(({ colors }) => colors.find(({ change }) => change === wanted)!.amount).sort((a, b) => a - b)

/** That sorted values lie in a range and reach close to both its ends. */
function expectFilled(values: readonly number[], low: number, high: number): void {
  const slack = (high - low) * 0.01
  expect(values[0]).toBeGreaterThanOrEqual(low)
  expect(values[0]).toBeLessThan(low + slack)
  expect(values.at(-1)).toBeLessThanOrEqual(high)
  expect(values.at(-1)).toBeGreaterThan(high - slack)
}

const sorted = (values: number[]) => values.sort((a, b) => a - b)

describe('drawAugmentation', () => {
  test.each([
    ['brightness', 0.7, 1.3],
    ['contrast', 0.7, 1.3],
    ['saturation', 0.7, 1.3],
    ['hue', -0.1, 0.1],
  ])('draws %s from %f to %f', (change, low, high) => {
    expectFilled(amounts(change), low, high)
  })

  test('draws motions and blur from the seed’s ranges, shifts in whole pixels', () => {
    expectFilled(sorted(draws.map(({ motion }) => motion.degrees)), -5, 5)
    expectFilled(sorted(draws.map(({ motion }) => motion.scale)), 0.95, 1.05)
    expectFilled(sorted(draws.map(({ sigma }) => sigma)), 0.1, 1)
    for (const shift of ['shiftX', 'shiftY'] as const) {
      const shifts = new Set(draws.map(({ motion }) => motion[shift] + 0))
      expect(sorted([...shifts])).toEqual([-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6])
    }
  })

  test('makes one in ten grey', () => {
    const share = draws.filter(({ grayscale }) => grayscale).length / draws.length
    expect(share).toBeGreaterThan(0.08)
    expect(share).toBeLessThan(0.12)
  })

  test('changes colours in all 24 orders', () => {
    expect(new Set(draws.map(({ colors }) => colors.map(({ change }) => change).join())).size).toBe(24)
  })
})

describe('PieceAugmenter', () => {
  const nothing: Augmentation = {
    colors: [{ change: 'brightness', amount: 1 }],
    grayscale: false,
    motion: { degrees: 0, scale: 1, shiftX: 0, shiftY: 0 },
    sigma: 0.01,
  }

  function augmented(augmentation: Augmentation): Float32Array {
    const target = new Float32Array(3 * 36)
    new PieceAugmenter(6).write(patternImage(6, 6), augmentation, target, 0)
    return target
  }

  test('writes the piece itself where nothing changes', () => {
    expect(largestDifference(augmented(nothing), patternPlanes(6, 6))).toBeLessThan(1e-6)
  })

  test('changes colours in the order that was drawn', () => {
    const brighter = { change: 'brightness', amount: 1.3 } as const
    const flatter = { change: 'contrast', amount: 0.7 } as const
    const one = augmented({ ...nothing, colors: [brighter, flatter] })
    expect(largestDifference(one, augmented({ ...nothing, colors: [flatter, brighter] }))).toBeGreaterThan(0.01)
  })

  test('moves after colouring: what comes in from outside is black', () => {
    const shifted = augmented({
      ...nothing,
      colors: [{ change: 'contrast', amount: 0 }],
      motion: { ...nothing.motion, shiftX: 2 },
    })
    expect([...shifted.subarray(0, 2)]).toEqual([0, 0])
    expect(shifted[2]).toBeGreaterThan(0.3)
  })

  test('gives these very numbers for this seed, whatever was augmented before', () => {
    const augmenter = new PieceAugmenter(16)
    const write = (sample: number) => {
      const target = new Float32Array(3 * 256 + 1)
      augmenter.write(wavyImage(16, 16), drawAugmentation(Random.from(1, 'augment', 1, sample), 16), target, 1)
      return target.subarray(1)
    }
    const first = write(7)
    write(8)
    expect(write(7)).toEqual(first)
    const bytes = new Uint8Array(first.slice().buffer)
    expect(bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5)).toBe(-696785868)
  })
})
