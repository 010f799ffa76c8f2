import { preparePictures } from '../data/manifest.node.js'
import { manifestPictures, type SplitPictures } from '../data/split-pictures.node.js'
import { counted } from '../number-words.js'
import type { Output } from './output.js'

/** Files that are named one by one; of more, the number is told. */
const NAMED = 10

/** Finds, checks and splits the pictures of a folder, and says what was left out. @throws E_INPUT */
export async function openPictureFolder(folder: string, output: Output): Promise<SplitPictures> {
  const manifest = await preparePictures(folder, {
    onProgress: (done, total) => output.progress({ type: 'advance', label: 'checking pictures', done, total }),
  }).finally(() => output.progress({ type: 'end' }))
  const { unusable, duplicates } = manifest
  for (const { reason } of unusable.slice(0, NAMED)) output.warn(`Left out: ${reason}`)
  if (unusable.length > NAMED) output.warn(`Left out: ${counted(unusable.length - NAMED, 'more file')}.`)
  if (duplicates.length > 0)
    output.say(`${counted(duplicates.length, 'duplicate')} left out: the same bytes as another.`)
  return manifestPictures(manifest)
}
