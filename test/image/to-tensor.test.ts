import { describe, expect, test } from 'vitest'
import { rgbImage } from '../../src/image/rgb-image.js'
import { imageFromPlanes, writeBytePlanes, writeFloatPlanes } from '../../src/image/to-tensor.js'
import { patternImage } from '../support/test-pattern.js'

const twoPixels = rgbImage(2, 1, Uint8Array.of(0, 51, 255, 102, 1, 254))

describe('planes', () => {
  test('float planes are value / 255 in float32, one channel after the other, at the offset', () => {
    const target = new Float32Array(8).fill(-1)
    writeFloatPlanes(twoPixels, target, 1)
    expect([...target]).toEqual([-1, ...[0, 102, 51, 1, 255, 254].map(value => Math.fround(value / 255)), -1])
  })

  test('byte planes are the same bytes, one channel after the other, at the offset', () => {
    const target = new Uint8Array(8).fill(7)
    writeBytePlanes(twoPixels, target, 1)
    expect([...target]).toEqual([7, 0, 102, 51, 1, 255, 254, 7])
  })

  test('a picture survives the way to floats and back', () => {
    const image = patternImage(20, 15)
    const planes = new Float32Array(5 + 900)
    writeFloatPlanes(image, planes, 5)
    expect(imageFromPlanes(planes, 20, 15, 5)).toEqual(image)
  })

  test('values outside 0..1 become black and white', () => {
    expect([...imageFromPlanes(Float32Array.of(-0.5, 0.5, 1.5), 1, 1).data]).toEqual([0, 128, 255])
  })
})
