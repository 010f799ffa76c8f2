import type { PictureSource } from '../../src/data/picture-source.js'
import { LocatorError } from '../../src/errors.js'
import { wavyImage } from './test-pattern.js'

/** A source of small waves of colour; the pictures in `broken` cannot be read. */
export function memoryPictures(
  count: number,
  broken: ReadonlySet<number> = new Set(),
): PictureSource & { loads: number[] } {
  const loads: number[] = []
  return {
    kind: 'embedded',
    count,
    names: Array.from({ length: count }, (_, i) => `wave ${i}`),
    description: { kind: 'embedded', seed: 1, size: 40, count },
    loads,
    load: async index => {
      loads.push(index)
      if (broken.has(index)) throw new LocatorError('E_IMAGE', `wave ${index} is damaged.`)
      return wavyImage(40 + index, 30, index)
    },
  }
}
