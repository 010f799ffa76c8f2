import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expected } from '../../errors.js'
import { cannotWrite, entriesOf } from '../../write-folder.node.js'
import { runsFolder } from './run-files.js'

/**
 * Checks that a run may be made in a folder, and tells whether it exists.
 *
 * @throws E_USAGE where it holds something; E_INPUT where it is a file
 */
export async function checkRunFolder(folder: string): Promise<boolean> {
  const present = await entriesOf(folder).catch(cause => {
    throw cannotWrite(folder, cause)
  })
  if (present === undefined || present.length === 0) return present !== undefined
  throw expected('E_USAGE', 'a new or empty folder', 'the run', folder, {
    hint: `It holds "${present[0]}"; runs never overwrite anything.`,
  })
}

/** Makes the first of `runs/<date>-<preset>`, `...-2`, `...-3` that does not exist yet. @throws E_INPUT */
export async function makeRunFolder(started: Date, preset: string): Promise<string> {
  const path = join(runsFolder, `${localDate(started)}-${preset}`)
  try {
    await mkdir(dirname(path), { recursive: true })
    for (let n = 1; ; n++) {
      const folder = n === 1 ? path : `${path}-${n}`
      if (await makeNew(folder)) return folder
    }
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
}

async function makeNew(folder: string): Promise<boolean> {
  try {
    await mkdir(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The day where the program runs: `2026-10-02`. */
function localDate(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
