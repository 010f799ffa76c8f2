import { type RgbImage, rgbImage } from '../../src/image/rgb-image.js'
import { writeFloatPlanes } from '../../src/image/to-tensor.js'

/** A picture whose byte i is (37 i + 11) mod 256: no two neighbours alike, the same everywhere. */
export function patternImage(width: number, height: number): RgbImage {
  return rgbImage(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37 + 11) % 256),
  )
}

/** {@link patternImage} as planes `[3, height, width]` in 0..1. */
export function patternPlanes(width: number, height: number): Float32Array {
  const planes = new Float32Array(3 * width * height)
  writeFloatPlanes(patternImage(width, height), planes)
  return planes
}

/** A picture without hard edges, different for each number: smooth waves of colour. */
export function wavyImage(width: number, height: number, number = 0): RgbImage {
  const image = rgbImage(width, height)
  for (let i = 0; i < width * height * 3; i++) {
    const channel = i % 3
    const x = Math.floor(i / 3) % width
    const y = Math.floor(i / 3 / width)
    const wave =
      Math.sin((x / width) * (3 + channel + number) + number) + Math.cos((y / height) * (5 + number) - channel)
    image.data[i] = 127.5 + 60 * wave
  }
  return image
}

/** The largest difference between two lists of numbers. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0)
}
