import { blur3x3 } from '../image/blur.js'
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, toGrayscale } from '../image/color.js'
import type { RgbImage } from '../image/rgb-image.js'
import { writeFloatPlanes } from '../image/to-tensor.js'
import { centeredSimilarity, type Similarity, warpAffine } from '../image/warp.js'
import type { Random } from '../prng.js'

/** One random change of a training piece. */
export interface Augmentation {
  /** The four colour changes, in the order in which they are made. */
  readonly colors: readonly ColorChange[]
  readonly grayscale: boolean
  readonly motion: Similarity
  /** The blur's standard deviation, pixels. */
  readonly sigma: number
}

export interface ColorChange {
  readonly change: 'brightness' | 'contrast' | 'saturation' | 'hue'
  /** A factor around 1; for hue, turns of the colour circle around 0. */
  readonly amount: number
}

const changes = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
} as const

/**
 * Draws the seed experiments' augmentation of a training piece of `size` pixels a side: torchvision's
 * `ColorJitter(0.3, 0.3, 0.3, 0.1)` in random order, `RandomGrayscale(0.1)`, `RandomAffine(5, (0.05, 0.05), (0.95, 1.05))`
 * with whole-pixel shifts, and `GaussianBlur(3, (0.1, 1.0))`, which has no probability: it is always applied, mostly weak.
 * There are no flips: a flipped piece belongs to another cell.
 */
export function drawAugmentation(random: Random, size: number): Augmentation {
  const factor = () => random.between(0.7, 1.3)
  const shift = () => Math.round(random.between(-0.05, 0.05) * size)
  return {
    colors: random.shuffle<ColorChange>([
      { change: 'brightness', amount: factor() },
      { change: 'contrast', amount: factor() },
      { change: 'saturation', amount: factor() },
      { change: 'hue', amount: random.between(-0.1, 0.1) },
    ]),
    grayscale: random.chance(0.1),
    motion: { degrees: random.between(-5, 5), shiftX: shift(), shiftY: shift(), scale: random.between(0.95, 1.05) },
    sigma: random.between(0.1, 1),
  }
}

/** Augments pieces of one size, with buffers that are allocated once. */
export class PieceAugmenter {
  private readonly colored: Float32Array
  private readonly warped: Float32Array

  /** @param size the pieces' width and height */
  constructor(private readonly size: number) {
    this.colored = new Float32Array(3 * size * size)
    this.warped = new Float32Array(3 * size * size)
  }

  /** Writes the changed piece as planes `[3, size, size]` in 0..1 into `target` from element `offset` on. */
  write(piece: RgbImage, augmentation: Augmentation, target: Float32Array, offset: number): void {
    const { size, colored, warped } = this
    writeFloatPlanes(piece, colored)
    for (const { change, amount } of augmentation.colors) changes[change](colored, amount)
    if (augmentation.grayscale) toGrayscale(colored)
    warpAffine(colored, size, size, centeredSimilarity(size, size, augmentation.motion), warped)
    blur3x3(warped, size, size, augmentation.sigma, target, offset)
  }
}
