import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { LocatorError } from '../errors.js'
import { checkDecodes, readPicture } from '../image/decode.node.js'
import { mapConcurrent } from './concurrent.js'
import { type FoundFile, listPictureFiles } from './folder.node.js'
import { type PictureManifest, parseManifest } from './manifest.js'
import { FEWEST_PICTURES, splitCounts } from './split.js'

/** Enough to keep libuv's threads busy. */
const FILES_AT_A_TIME = 4

export interface ManifestOptions {
  /** Where the manifest is kept: in a run's folder or a cache, never among the pictures. Without it nothing is kept. */
  readonly file?: string
  /** What is known already, instead of what a kept manifest knows. */
  readonly known?: PictureManifest
  /** How many usable pictures there must be; 3 by default, the least that can be split. */
  readonly atLeast?: number
  /** Called as files are read, hashed and checked; not for those that are known already. */
  readonly onProgress?: (done: number, total: number) => void
}

/** What was found out about one file. */
type Finding = FoundFile & ({ sha256: string } | { code: 'E_IMAGE' | 'E_INPUT'; reason: string })

/**
 * The pictures of a folder and its subfolders, hashed, checked and split.
 *
 * Every file is read and decoded once (JPEGs at an eighth of their size); damaged ones are left out by name. What the kept
 * manifest knows of a file holds as long as name, size and time of change are the same.
 *
 * @throws E_INPUT where the folder is missing or a file, or has too few usable pictures
 */
export async function preparePictures(folder: string, options: ManifestOptions = {}): Promise<PictureManifest> {
  const { files, unreadable } = await listPictureFiles(folder)
  const known = knownFindings(options.known ?? (options.file === undefined ? null : await keptManifest(options.file)))
  const unknown = files.filter(file => !known.has(key(file)))
  let done = 0
  await mapConcurrent(unknown, FILES_AT_A_TIME, async file => {
    known.set(key(file), await examine(folder, file))
    options.onProgress?.(++done, unknown.length)
  })
  const findings = files.map(file => known.get(key(file))!)
  const hidden = unreadable.map(entry => ({ ...entry, size: 0, modified: 0, code: 'E_INPUT' as const }))
  const manifest = compileManifest(resolve(folder), [...findings, ...hidden], options.atLeast ?? FEWEST_PICTURES)
  if (options.file !== undefined) await writeManifest(options.file, manifest)
  return manifest
}

/** Reads a manifest that was kept. @throws E_INPUT where the file is missing or not a manifest */
export async function readManifest(file: string): Promise<PictureManifest> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new LocatorError('E_INPUT', `Cannot read the list of pictures ${file}: ${(cause as Error).message}.`, {
      cause,
    })
  }
  return parseManifest(text, file)
}

/** The manifest that is kept; null where there is none yet, or a damaged one. */
function keptManifest(file: string): Promise<PictureManifest | null> {
  return readManifest(file).catch(() => null)
}

/** What is known of files by name, size and time. */
function knownFindings(manifest: PictureManifest | null): Map<string, Finding> {
  if (!manifest) return new Map()
  // A file that could not be read may have become readable without a change of its own.
  const unusable = manifest.unusable.filter(({ code }) => code === 'E_IMAGE')
  return new Map([...manifest.pictures, ...manifest.duplicates, ...unusable].map(entry => [key(entry), entry]))
}

function key({ name, size, modified }: FoundFile): string {
  return `${size} ${modified} ${name}`
}

/** Reads, hashes and decodes one file. */
async function examine(folder: string, file: FoundFile): Promise<Finding> {
  try {
    const bytes = await readPicture(join(folder, file.name), file.name)
    await checkDecodes(bytes, file.name)
    return { ...file, sha256: createHash('sha256').update(bytes).digest('hex') }
  } catch (error) {
    if (!(error instanceof LocatorError)) throw error
    return { ...file, code: error.code === 'E_INPUT' ? 'E_INPUT' : 'E_IMAGE', reason: error.message }
  }
}

function compileManifest(folder: string, findings: readonly Finding[], atLeast: number): PictureManifest {
  const unusable: PictureManifest['unusable'] = []
  const duplicates: PictureManifest['duplicates'] = []
  const distinct = new Map<string, FoundFile & { sha256: string }>()
  for (const { name, size, modified, ...found } of findings) {
    const file = { name, size, modified }
    if (!('sha256' in found)) {
      unusable.push({ ...file, code: found.code, reason: found.reason })
      continue
    }
    const { sha256 } = found
    const first = distinct.get(sha256)
    if (first) duplicates.push({ ...file, sha256, sameAs: first.name })
    else distinct.set(sha256, { ...file, sha256 })
  }
  const usable = [...distinct.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  if (usable.length < atLeast) throw tooFew(folder, atLeast, usable.length, duplicates.length, unusable)
  const split = splitCounts(usable.length)
  const part = (i: number) => (i < split.test ? 'test' : i < split.test + split.val ? 'val' : 'train')
  const pictures = usable.map((picture, i) => ({ ...picture, split: part(i) }) as const)
  return { formatVersion: 1, folder, split, pictures, duplicates, unusable }
}

function tooFew(
  folder: string,
  atLeast: number,
  usable: number,
  duplicates: number,
  unusable: PictureManifest['unusable'],
): LocatorError {
  if (usable + duplicates + unusable.length === 0) {
    const hint = 'Pictures are files named .jpg, .jpeg, .png, .webp, .avif, .tif or .tiff, in the folder or below it.'
    return new LocatorError('E_INPUT', `There are no pictures in the folder ${folder}.`, { hint })
  }
  const leftOut = `left out: ${unusable.length} unusable, ${duplicates} identical to another`
  const message = `Too few usable pictures in the folder ${folder}: ${usable}, where ${atLeast} are needed (${leftOut}).`
  return new LocatorError('E_INPUT', message, { hint: unusable[0] && `Left out, for example: ${unusable[0].reason}` })
}

/** Written beside its place first, so that a half-written manifest never stands there. */
async function writeManifest(file: string, manifest: PictureManifest): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}.new`, `${JSON.stringify(manifest, null, 1)}\n`)
    await rename(`${file}.new`, file)
  } catch (cause) {
    throw new LocatorError('E_INPUT', `Cannot write the list of pictures ${file}: ${(cause as Error).message}.`, {
      cause,
    })
  }
}
