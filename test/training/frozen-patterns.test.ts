import { describe, expect, test } from 'vitest'
import { frozenPatterns } from '../../src/training/frozen-patterns.js'

/** The layers of an extractor that an epoch trains. */
function trained(gradualUnfreeze: number[] | null, epoch: number, freezeBackbone = false): number[] {
  const patterns = frozenPatterns({ freezeBackbone, gradualUnfreeze }, epoch)
  const isTrained = (extractor: string, layer: number): boolean =>
    !patterns.some(pattern => pattern.test(`${extractor}_features.${layer}.block.0.0.weight`))
  const layersOf = (extractor: string): number[] =>
    Array.from({ length: 13 }, (_, layer) => layer).filter(layer => isTrained(extractor, layer))
  expect(layersOf('piece')).toEqual(layersOf('puzzle'))
  return layersOf('piece')
}

describe('gradual unfreezing', () => {
  test.each([
    [[20], 1, 10],
    [[20], 19, 10],
    [[20], 20, 7],
    [[20], 100, 7],
    [[20, 40], 39, 7],
    [[20, 40], 40, 4],
    [[], 100, 10],
  ])('from epochs %s trains in epoch %d the layers from %d on', (epochs, epoch, first) => {
    expect(trained(epochs, epoch)).toEqual(Array.from({ length: 13 - first }, (_, i) => first + i))
  })
})

test('a frozen backbone never trains, a whole one always', () => {
  expect(trained(null, 50, true)).toEqual([])
  expect(trained(null, 1)).toHaveLength(13)
})

test.each([
  [true, null],
  [false, [20]],
])('the heads always train', (freezeBackbone, gradualUnfreeze) => {
  const patterns = frozenPatterns({ freezeBackbone, gradualUnfreeze }, 1)
  for (const name of [
    'spatial_correlation.temperature',
    'spatial_correlation.piece_proj.0.weight',
    'refinement.3.bias',
  ]) {
    expect(patterns.some(pattern => pattern.test(name))).toBe(false)
  }
})
