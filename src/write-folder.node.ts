import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { expected, LocatorError } from './errors.js'

/** What makes a folder one that this program wrote, and may write again. */
export interface OwnFiles {
  /** What such a folder is called in errors: `a model`. */
  readonly title: string
  /** It holds all of these... */
  readonly files: readonly string[]
  /** ...and besides at most some of these. */
  readonly besides?: readonly string[]
}

/**
 * Writes a folder whole or not at all: `write` fills a temporary folder beside it, which then takes the name. An existing folder is
 * replaced only where it is empty or holds exactly the program's own files, so that nothing of the user's is ever lost.
 *
 * @param own null: only a new or empty folder will do
 * @returns what `write` returns
 * @throws E_USAGE where the folder holds anything else; E_INPUT where it cannot be written
 */
export async function writeFolder<T>(
  path: string,
  own: OwnFiles | null,
  write: (folder: string) => Promise<T>,
): Promise<T> {
  const target = resolve(path)
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`)
  try {
    const present = await entriesOf(target)
    checkReplaceable(path, present ?? [], own)
    await mkdir(temporary, { recursive: true })
    const result = await write(temporary)
    await replaceFolder(target, temporary, present !== undefined)
    return result
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
    throw cause instanceof LocatorError ? cause : cannotWrite(path, cause)
  }
}

/** The names in a folder; undefined where there is none. @throws the file system's error where it is a file or cannot be read */
export async function entriesOf(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The error of an output that cannot be written, with the system's reason. */
export function cannotWrite(path: string, cause: unknown): LocatorError {
  const reason = (cause as Error).message.split(',')[0]!
  return new LocatorError('E_INPUT', `Cannot write ${path}: ${reason}.`, { cause })
}

function checkReplaceable(path: string, present: readonly string[], own: OwnFiles | null): void {
  if (present.length === 0) return
  const other = present.find(name => !own?.files.includes(name) && !own?.besides?.includes(name))
  if (other === undefined && own?.files.every(name => present.includes(name))) return
  const what = own ? `a new or empty folder, or ${own.title},` : 'a new or empty folder'
  throw expected('E_USAGE', what, 'the output', path, {
    hint: `It holds "${other ?? present[0]}", which would be lost.`,
  })
}

async function replaceFolder(target: string, replacement: string, exists: boolean): Promise<void> {
  if (!exists) return rename(replacement, target)
  const old = `${replacement}.old`
  await rename(target, old)
  try {
    await rename(replacement, target)
  } catch (error) {
    await rename(old, target)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}
