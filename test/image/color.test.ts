import { describe, expect, test } from 'vitest'
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, toGrayscale } from '../../src/image/color.js'
import { Random } from '../../src/prng.js'
import { largestDifference, patternPlanes } from '../support/test-pattern.js'

function changed(change: (planes: Float32Array) => void, planes = patternPlanes(3, 2)): Float32Array {
  change(planes)
  return planes
}

describe('colour changes', () => {
  // Expected: torchvision.transforms.functional.adjust_...(pattern, amount).ravel(), float32 tensors, torchvision 0.29.
  test.each([
    {
      name: 'brightness 1.3',
      change: (planes: Float32Array) => adjustBrightness(planes, 1.3),
      values: [
        0.056078, 0.621961, 1, 0.448627, 1, 0.275294, 0.244706, 0.810588, 0.071373, 0.637255, 1, 0.463922, 0.433333,
        0.999216, 0.26, 0.825882, 0.086667, 0.652549,
      ],
    },
    {
      name: 'contrast 0.7',
      change: (planes: Float32Array) => adjustContrast(planes, 0.7),
      values: [
        0.163376, 0.468082, 0.772788, 0.374749, 0.679455, 0.281416, 0.264945, 0.569651, 0.171612, 0.476318, 0.781023,
        0.382984, 0.366514, 0.671219, 0.27318, 0.577886, 0.179847, 0.484553,
      ],
    },
    {
      name: 'saturation 1.3',
      change: (planes: Float32Array) => adjustSaturation(planes, 1.3),
      values: [
        0.007662, 0.442969, 1, 0.309632, 0.779273, 0.176295, 0.19629, 0.631597, 0, 0.498259, 0.967901, 0.364922,
        0.384917, 0.820224, 0.161558, 0.686887, 0, 0.553549,
      ],
    },
    {
      name: 'hue 0.1',
      change: (planes: Float32Array) => adjustHue(planes, 0.1),
      values: [
        0.072157, 0.507451, 0.913725, 0.374117, 0.265098, 0.240784, 0.043137, 0.478431, 0.425098, 0.345098, 0.92549,
        0.211765, 0.333333, 0.768627, 0.054902, 0.635294, 0.066667, 0.501961,
      ],
    },
    {
      name: 'hue -0.3',
      change: (planes: Float32Array) => adjustHue(planes, -0.3),
      values: [
        0.130196, 0.56549, 0.081569, 0.432157, 0.92549, 0.298824, 0.333333, 0.768627, 0.054902, 0.635294, 0.066667,
        0.501961, 0.043137, 0.478431, 0.913725, 0.345098, 0.608628, 0.211765,
      ],
    },
    {
      name: 'grayscale',
      change: toGrayscale,
      values: Array(3).fill([0.161388, 0.596639, 0.32814, 0.463318, 0.784122, 0.329998]).flat(),
    },
  ])('equal torchvision’s: $name', ({ change, values }) => {
    expect(largestDifference(changed(change), values)).toBeLessThan(1e-6)
  })

  test.each([
    ['brightness', (planes: Float32Array) => adjustBrightness(planes, 1)],
    ['contrast', (planes: Float32Array) => adjustContrast(planes, 1)],
    ['saturation', (planes: Float32Array) => adjustSaturation(planes, 1)],
    ['hue', (planes: Float32Array) => adjustHue(planes, 0)],
    [
      'two half turns of hue',
      (planes: Float32Array) => {
        adjustHue(planes, 0.5)
        adjustHue(planes, 0.5)
      },
    ],
  ])('%s leaves a picture alone at its neutral amount', (_, change) => {
    expect(largestDifference(changed(change), patternPlanes(3, 2))).toBeLessThan(1e-6)
  })

  test('hue keeps the highest and the lowest channel of every pixel, whatever the colour and the turn', () => {
    const random = Random.from('hue')
    const size = 300
    const planes = Float32Array.from({ length: 3 * size }, () => random.integer(6) / 5)
    const range = (all: Float32Array, i: number) => {
      const pixel = [all[i]!, all[size + i]!, all[2 * size + i]!]
      return [Math.min(...pixel), Math.max(...pixel)]
    }
    for (const turns of [-0.5, -1 / 6, -1e-17, 0.1, 1 / 3, 0.5]) {
      const turned = changed(all => adjustHue(all, turns), planes.slice())
      for (let i = 0; i < size; i++) expect(range(turned, i)).toEqual(range(planes, i))
    }
  })
})
