import { expected } from '../../errors.js'
import { type RgbImage, rgbImage } from '../../image/rgb-image.js'
import { Random } from '../../prng.js'
import { develop } from './finish.js'
import { makePalette } from './palette.js'
import { Canvas } from './raster.js'
import type { Scene } from './scene.js'
import { scenes } from './scenes/index.js'

/**
 * Picture number `index` of the endless collection that belongs to `seed`: an illustration drawn from scratch, the same
 * bytes every time. Two sizes of the same number show the same scene.
 *
 * @param size width and height in pixels, 16 .. 4096
 * @throws E_CONFIG for another size
 */
export function drawPicture(seed: number, index: number, size: number): RgbImage {
  const random = Random.from(seed, 'picture', index)
  return drawScene(scenes[random.integer(scenes.length)]!, random, size)
}

/** A picture of the given kind. @throws E_CONFIG for a size outside of 16 .. 4096 */
export function drawScene(scene: Scene, random: Random, size: number): RgbImage {
  if (!Number.isInteger(size) || size < 16 || size > 4096) {
    throw expected('E_CONFIG', 'a whole number of pixels from 16 to 4096', 'the size of a drawn picture', size)
  }
  const canvas = new Canvas(size)
  scene({ canvas, palette: makePalette(random), random })
  return rgbImage(size, size, develop(canvas, random))
}
