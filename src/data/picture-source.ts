import type { RgbImage } from '../image/rgb-image.js'

/** Pictures in a fixed order, decoded or drawn when they are asked for. */
export interface PictureSource {
  readonly kind: 'folder' | 'embedded'
  readonly count: number
  /** What people call each picture: for a folder, its path within it. */
  readonly names: readonly string[]
  /** Plain data from which a worker thread opens the same source. */
  readonly description: PictureSourceDescription
  /** @throws E_INPUT, E_IMAGE where a picture of a folder cannot be read (any more) */
  load(index: number): Promise<RgbImage>
}

export type PictureSourceDescription = FolderDescription | EmbeddedDescription

export interface FolderDescription {
  readonly kind: 'folder'
  readonly folder: string
  /** Paths within the folder, with `/` between their parts. */
  readonly files: readonly string[]
}

/** Pictures drawn from a seed: the same seed, index and size always give the same picture. */
export interface EmbeddedDescription {
  readonly kind: 'embedded'
  readonly seed: number
  /** Width and height, pixels. */
  readonly size: number
  readonly count: number
}
