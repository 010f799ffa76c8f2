import type { EmbeddedDescription, PictureSource } from './picture-source.js'
import { drawPicture } from './synth/draw-picture.js'

/** The pictures that need no files and no download: drawn procedurally from a seed. */
export function embeddedPictures(description: Omit<EmbeddedDescription, 'kind'>): PictureSource {
  const { seed, size, count } = description
  return {
    kind: 'embedded',
    count,
    names: Array.from({ length: count }, (_, index) => `embedded picture ${index}`),
    description: { kind: 'embedded', seed, size, count },
    load: async index => drawPicture(seed, index, size),
  }
}
