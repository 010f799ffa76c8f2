import { embeddedPictures } from './embedded-pictures.js'
import { folderPictures } from './folder-pictures.node.js'
import type { PictureManifest } from './manifest.js'
import type { PictureSource } from './picture-source.js'
import { type Split, type SplitCounts, splitRanges } from './split.js'

/** Pictures, and which of them are for test, validation and training. */
export interface SplitPictures {
  readonly source: PictureSource
  readonly split: Split
  /** What is known of a folder's pictures; null for drawn ones. */
  readonly manifest: PictureManifest | null
}

/** The pictures of a folder, as its manifest has them. */
export function manifestPictures(manifest: PictureManifest): SplitPictures {
  const files = manifest.pictures.map(picture => picture.name)
  return { source: folderPictures({ folder: manifest.folder, files }), split: splitRanges(manifest.split), manifest }
}

/** Drawn pictures: `size` pixels a side, so many for each part. */
export function drawnPictures(options: SplitCounts & { readonly seed: number; readonly size: number }): SplitPictures {
  const { seed, size, test, val, train } = options
  const source = embeddedPictures({ seed, size, count: test + val + train })
  return { source, split: splitRanges({ test, val, train }), manifest: null }
}
