import type { PictureManifest } from './manifest.js'

/**
 * How a folder's pictures differ from what they were: `1 missing (3.png), 2 new (such as a.png)`; null where the same pictures are the
 * same parts of the split. Names of files do not count, nor copies and what is no picture.
 */
export function manifestDifference(before: PictureManifest, after: PictureManifest): string | null {
  const missing = namesOfOthers(before, after)
  const added = namesOfOthers(after, before)
  const parts = [describeNames(missing, 'missing'), describeNames(added, 'new')].filter(part => part !== null)
  return parts.length > 0 ? parts.join(', ') : null
}

/** The pictures of one that the other does not have; a changed picture is one of these in both directions. */
function namesOfOthers(one: PictureManifest, other: PictureManifest): string[] {
  const present = new Set(other.pictures.map(picture => picture.sha256))
  return one.pictures.filter(picture => !present.has(picture.sha256)).map(picture => picture.name)
}

function describeNames(names: readonly string[], word: string): string | null {
  if (names.length === 0) return null
  return `${names.length} ${word} (${names.length > 1 ? 'such as ' : ''}${names[0]})`
}
