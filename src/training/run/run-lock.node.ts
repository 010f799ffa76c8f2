import { randomUUID } from 'node:crypto'
import { constants, copyFile, link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { LocatorError } from '../../errors.js'
import { cannotWrite } from '../../write-folder.node.js'
import { runFiles } from './run-files.js'

/** Locks that this process holds: a lock that names this process and is none of them is an earlier one's of the same number. */
const held = new Set<string>()

/** That one process trains in a run's folder and no other does. */
export class RunLock {
  private constructor(
    private readonly path: string,
    private readonly text: string,
  ) {}

  /**
   * Takes a run's folder. The lock of a process that is gone is taken over.
   *
   * @throws E_USAGE where another process has it; E_INPUT where the folder cannot be written
   */
  static async take(run: string): Promise<RunLock> {
    const path = join(run, runFiles.lock)
    const text = `${JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })}\n`
    const temporary = `${path}.${randomUUID()}.tmp`
    try {
      await writeFile(temporary, text, { flag: 'wx' })
      try {
        // Unlike a rename, a link fails where there is a file already; unlike an exclusive write, it is never seen half written.
        while (!(await tryLink(temporary, path))) await removeStale(path, run)
      } finally {
        await rm(temporary, { force: true })
      }
    } catch (cause) {
      throw cause instanceof LocatorError ? cause : cannotWrite(path, cause)
    }
    held.add(text)
    return new RunLock(path, text)
  }

  /** Gives the folder back. */
  async release(): Promise<void> {
    held.delete(this.text)
    if ((await readLock(this.path)) === this.text) await rm(this.path, { force: true })
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    // Not every file system has links; a copy may be seen half written, for one moment.
    await link(from, to).catch(error => {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
      return copyFile(from, to, constants.COPYFILE_EXCL)
    })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a process that is gone. @throws E_USAGE where it may be at work */
async function removeStale(path: string, run: string): Promise<void> {
  const text = await readLock(path)
  if (text === undefined) return
  if (isHeld(text)) throw inUse(run, path, text)
  // Of several processes that find the same stale lock, one moves it away. Who moves a fresh one by mistake puts it back.
  const moved = `${path}.${randomUUID()}.tmp`
  await rename(path, moved).catch(() => {})
  const taken = await readLock(moved)
  if (taken !== undefined && taken !== text) await tryLink(moved, path)
  await rm(moved, { force: true })
}

function isHeld(text: string): boolean {
  const { pid, host } = parseLock(text)
  if (typeof pid !== 'number') return false
  if (host !== hostname()) return true
  return pid === process.pid ? held.has(text) : isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function inUse(run: string, path: string, text: string): LocatorError {
  const { pid, host } = parseLock(text)
  const where = host === hostname() ? '' : ` on ${String(host)}`
  return new LocatorError('E_USAGE', `Another process trains in ${run}: number ${String(pid)}${where}.`, {
    hint: `Wait for it or stop it. Where it is no training any more, delete ${path}.`,
  })
}

function parseLock(text: string): { pid?: unknown; host?: unknown } {
  try {
    const lock: unknown = JSON.parse(text)
    return typeof lock === 'object' && lock !== null ? lock : {}
  } catch {
    return {}
  }
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
