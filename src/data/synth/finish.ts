import type { Random } from '../../prng.js'
import { GradientNoise, noiseMap } from './noise.js'
import type { Canvas } from './raster.js'

/** Uneven light over the picture and the tooth of paper, then rounding to bytes. */
export function develop({ size, pixels }: Canvas, random: Random): Uint8Array {
  const light = noiseMap(new GradientNoise(random), size, random.between(2, 5), 2)
  const paper = noiseMap(new GradientNoise(random), size, random.between(40, 70), 1)
  const uneven = random.between(0.03, 0.1)
  const tooth = random.between(0.01, 0.035)
  const bytes = new Uint8Array(pixels.length)
  for (let pixel = 0, at = 0; pixel < size * size; pixel++) {
    const factor = 1 + uneven * light[pixel]! + tooth * paper[pixel]!
    for (let channel = 0; channel < 3; channel++, at++) {
      const value = pixels[at]! * factor
      bytes[at] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5
    }
  }
  return bytes
}
