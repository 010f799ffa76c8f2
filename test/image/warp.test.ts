import { describe, expect, test } from 'vitest'
import { centeredSimilarity, type Similarity, warpAffine } from '../../src/image/warp.js'
import { largestDifference, patternPlanes } from '../support/test-pattern.js'

const still: Similarity = { degrees: 0, scale: 1, shiftX: 0, shiftY: 0 }

function warped(width: number, height: number, motion: Partial<Similarity>): Float32Array {
  const target = new Float32Array(3 * width * height).fill(-1)
  warpAffine(
    patternPlanes(width, height),
    width,
    height,
    centeredSimilarity(width, height, { ...still, ...motion }),
    target,
  )
  return target
}

describe('warpAffine', () => {
  test('equals torchvision’s affine', () => {
    // torchvision.transforms.functional.affine(pattern, 20.0, [1, -1], 1.1, [0.0], InterpolationMode.BILINEAR)[0].ravel()
    const values = [
      0.107439, 0.388116, 0.707542, 0.17912, 0.414457, 0.311385, 0.667513, 0.68456, 0.302444, 0.615851, 0.141792,
      0.524487, 0.577501, 0.581841, 0.579353, 0, 0, 0.024538, 0.274726, 0.332124,
    ]
    const red = warped(5, 4, { degrees: 20, scale: 1.1, shiftX: 1, shiftY: -1 }).subarray(0, 20)
    expect(largestDifference(red, values)).toBeLessThan(5e-6)
  })

  test('without motion every pixel stays, edges included', () => {
    expect(largestDifference(warped(7, 5, {}), patternPlanes(7, 5))).toBeLessThan(1e-6)
  })

  test('a shift moves the picture right and down, black behind it', () => {
    const source = patternPlanes(4, 3)
    const shifted = warped(4, 3, { shiftX: 1, shiftY: 1 })
    for (let channel = 0; channel < 3; channel++) {
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 4; x++) {
          const expected = x && y ? source[channel * 12 + (y - 1) * 4 + x - 1]! : 0
          expect(shifted[channel * 12 + y * 4 + x]).toBeCloseTo(expected, 6)
        }
      }
    }
  })

  test('turns clockwise: the top left pixel goes to the top right', () => {
    const source = patternPlanes(3, 3)
    const turned = warped(3, 3, { degrees: 90 })
    expect([turned[2], turned[8], turned[6], turned[0]].map(v => v!.toFixed(5))).toEqual(
      [source[0], source[2], source[8], source[6]].map(v => v!.toFixed(5)),
    )
  })

  test('enlarges about the centre', () => {
    const middle = warped(5, 5, { scale: 1.5 })[12]
    expect(middle).toBeCloseTo(patternPlanes(5, 5)[12]!, 6)
  })
})
