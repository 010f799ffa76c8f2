import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a file so that at every moment, a power cut included, `path` holds the previous content or the new one: into a
 * temporary file of the same folder, which then takes the name. Where that fails the previous file stays as it was and
 * the temporary one is removed.
 *
 * @throws the file system's error
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`)
  const file = await open(temporary, 'wx')
  try {
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    // What made writing fail may forbid this too; it is the first error that explains.
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(folder)
}

/** Not every system can sync a folder: Windows, some network file systems, folders that one may not list. */
const cannotSyncFolder = new Set(['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM'])

/** Makes the new name last. The content is safe by now, so where folders cannot be synced there is nothing to report. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    if (!cannotSyncFolder.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
