import type { RgbImage } from '../image/rgb-image.js'
import { writeBytePlanes } from '../image/to-tensor.js'
import { type Tensor, zeros } from '../tensor.js'

/** Pictures of `size` x `size` pixels as the models take them: bytes `[pictures, 3, size, size]`. */
export function imageBatch(images: readonly RgbImage[], size: number): Tensor<'uint8'> {
  const batch = zeros('uint8', [images.length, 3, size, size])
  for (const [i, image] of images.entries()) writeBytePlanes(image, batch.data, i * 3 * size * size)
  return batch
}
