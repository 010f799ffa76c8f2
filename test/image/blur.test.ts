import { describe, expect, test } from 'vitest'
import { blur3x3 } from '../../src/image/blur.js'
import { largestDifference, patternPlanes } from '../support/test-pattern.js'

describe('blur3x3', () => {
  test('equals torchvision’s gaussian_blur', () => {
    // torchvision.transforms.functional.gaussian_blur(pattern, [3, 3], [0.8, 0.8])[0].ravel()
    const values = [
      0.331805, 0.444349, 0.503902, 0.550947, 0.652929, 0.41983, 0.46447, 0.44361, 0.513726, 0.615707, 0.588458,
      0.575755, 0.48699, 0.499764, 0.51077, 0.676483, 0.66378, 0.575016, 0.530447, 0.473548,
    ]
    const target = new Float32Array(60)
    blur3x3(patternPlanes(5, 4), 5, 4, 0.8, target)
    expect(largestDifference(target.subarray(0, 20), values)).toBeLessThan(1e-6)
  })

  test('writes at an offset and nowhere else', () => {
    const target = new Float32Array(3 * 6 + 7).fill(-1)
    const plain = new Float32Array(18)
    blur3x3(patternPlanes(3, 2), 3, 2, 0.6, plain)
    blur3x3(patternPlanes(3, 2), 3, 2, 0.6, target, 5)
    expect([...target.subarray(5, 23)]).toEqual([...plain])
    expect(new Set([...target.subarray(0, 5), ...target.subarray(23)])).toEqual(new Set([-1]))
  })

  test.each([
    [1, 1],
    [1, 3],
    [4, 1],
    [2, 2],
  ])('keeps a flat picture of %s x %s pixels flat', (width, height) => {
    const target = new Float32Array(3 * width * height)
    blur3x3(new Float32Array(3 * width * height).fill(0.25), width, height, 1, target)
    for (const value of target) expect(value).toBeCloseTo(0.25, 6)
  })
})
