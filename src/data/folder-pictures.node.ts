import { join } from 'node:path'
import { decodeImage } from '../image/decode.node.js'
import { embeddedPictures } from './embedded-pictures.js'
import type { FolderDescription, PictureSource, PictureSourceDescription } from './picture-source.js'

/** Pictures of a folder, decoded from their files each time. */
export function folderPictures({ folder, files }: Omit<FolderDescription, 'kind'>): PictureSource {
  return {
    kind: 'folder',
    count: files.length,
    names: files,
    description: { kind: 'folder', folder, files },
    load: index => decodeImage(join(folder, files[index]!), files[index]!),
  }
}

/** The source that a description is of. */
export function openPictures(description: PictureSourceDescription): PictureSource {
  return description.kind === 'folder' ? folderPictures(description) : embeddedPictures(description)
}
