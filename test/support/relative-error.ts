import { expect } from 'vitest'
import type { Tensor } from '../../src/tensor.js'

/** The largest difference, relative to the largest expected value. */
export function relativeError(actual: Tensor, wanted: Tensor): number {
  expect([...actual.dims], 'dims').toEqual([...wanted.dims])
  let [difference, scale] = [0, 0]
  wanted.data.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(Number(actual.data[i]) - Number(value)))
    scale = Math.max(scale, Math.abs(Number(value)))
  })
  return scale === 0 ? difference : difference / scale
}
