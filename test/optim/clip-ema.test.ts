import { describe, expect, test } from 'vitest'
import { clipFactor, globalNorm } from '../../src/optim/clip.js'
import { averageInto } from '../../src/optim/ema.js'

describe('clipping by the global norm', () => {
  test('takes the norm of all vectors together', () => {
    expect(globalNorm([Float32Array.of(1, 2), Float32Array.of(), Float32Array.of(2)])).toBe(3)
    expect(globalNorm([])).toBe(0)
    expect(globalNorm([Float32Array.of(Number.NaN)])).toBeNaN()
    // Squares that float32 does not hold.
    expect(globalNorm([Float32Array.of(1e30, 0)])).toBeCloseTo(Math.fround(1e30), -20)
  })

  test('scales down what is longer and leaves the rest', () => {
    // torch.nn.utils.clip_grad_norm_ of a gradient (3, 4) to 1 leaves (0.59999988, 0.79999984).
    expect(3 * clipFactor(5, 1)).toBeCloseTo(0.59999988, 8)
    expect(clipFactor(0.5, 1)).toBe(1)
    expect(clipFactor(0, 1)).toBe(1)
  })
})

test('a moving average approaches the weights by its decay', () => {
  const average = Float32Array.of(1, -2)
  averageInto(average, Float32Array.of(2, 2), 0.75)
  expect([...average]).toEqual([1.25, -1])
  averageInto(average, Float32Array.of(2, 2), 0.75)
  expect([...average]).toEqual([1.4375, -0.25])
})
