import type { RgbImage } from './rgb-image.js'

/** v / 255 rounded to float32, as PyTorch's `ToTensor` has it. */
const unit = Float32Array.from({ length: 256 }, (_, value) => value / 255)

/**
 * Writes a picture as planes `[3, height, width]` of float32 in 0..1 into `target` from element `offset` on.
 * Source: torchvision's `ToTensor`.
 */
export function writeFloatPlanes(image: RgbImage, target: Float32Array, offset = 0): void {
  const { data } = image
  const size = image.width * image.height
  const green = offset + size
  const blue = green + size
  for (let i = 0, from = 0; i < size; i++, from += 3) {
    target[offset + i] = unit[data[from]!]!
    target[green + i] = unit[data[from + 1]!]!
    target[blue + i] = unit[data[from + 2]!]!
  }
}

/** Writes a picture as planes `[3, height, width]` of bytes into `target` from element `offset` on. */
export function writeBytePlanes(image: RgbImage, target: Uint8Array, offset = 0): void {
  const { data } = image
  const size = image.width * image.height
  const green = offset + size
  const blue = green + size
  for (let i = 0, from = 0; i < size; i++, from += 3) {
    target[offset + i] = data[from]!
    target[green + i] = data[from + 1]!
    target[blue + i] = data[from + 2]!
  }
}

/** A picture from planes `[3, height, width]` of float32 in 0..1 that begin at element `offset`; the way back. */
export function imageFromPlanes(planes: Float32Array, width: number, height: number, offset = 0): RgbImage {
  const size = width * height
  const data = new Uint8Array(size * 3)
  for (let i = 0; i < size; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = planes[offset + channel * size + i]! * 255 + 0.5
      data[i * 3 + channel] = Math.min(255, Math.max(0, value))
    }
  }
  return { width, height, data }
}
