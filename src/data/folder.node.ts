import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LocatorError } from '../errors.js'

/** A file of a picture folder, as the file system tells it. */
export interface FoundFile {
  /** Path within the folder, with `/` between its parts. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Time of the last change, milliseconds since 1970. */
  readonly modified: number
}

/** Something in a picture folder that could not be looked at, and why. */
export interface UnreadableEntry {
  readonly name: string
  /** One sentence. */
  readonly reason: string
}

export interface FolderListing {
  /** Sorted by name. */
  readonly files: FoundFile[]
  readonly unreadable: UnreadableEntry[]
}

const PICTURE = /\.(jpe?g|png|webp|avif|tiff?)$/i

/**
 * Finds the files that are named as pictures (jpg, jpeg, png, webp, avif, tif, tiff) in a folder and its subfolders; hidden
 * ones (`.name`) and links to folders are passed over.
 *
 * @throws E_INPUT where the folder is missing, unreadable or a file
 */
export async function listPictureFiles(folder: string): Promise<FolderListing> {
  const listing: FolderListing = { files: [], unreadable: [] }
  try {
    await walk(folder, '', listing)
  } catch (cause) {
    const message = `Cannot read pictures from the folder ${folder}: ${reasonOf(cause)}.`
    throw new LocatorError('E_INPUT', message, { cause })
  }
  listing.files.sort((a, b) => (a.name < b.name ? -1 : 1))
  return listing
}

async function walk(folder: string, prefix: string, listing: FolderListing): Promise<void> {
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue
    const name = prefix + entry.name
    try {
      if (entry.isDirectory()) await walk(folder, `${name}/`, listing)
      else if (PICTURE.test(entry.name)) await addFile(folder, name, listing)
    } catch (error) {
      listing.unreadable.push({ name, reason: `Cannot read ${name}: ${reasonOf(error)}.` })
    }
  }
}

/** Follows a link to a file. */
async function addFile(folder: string, name: string, listing: FolderListing): Promise<void> {
  const stats = await stat(join(folder, name))
  if (stats.isFile()) listing.files.push({ name, size: stats.size, modified: stats.mtimeMs })
}

function reasonOf(error: unknown): string {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file or folder',
    ENOTDIR: 'it is not a folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
  }
  return reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message
}
