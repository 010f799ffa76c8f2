import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expected, LocatorError } from '../../errors.js'
import { cannotWrite } from '../../write-folder.node.js'
import { writeFileAtomically } from '../checkpoint/write-file-atomically.node.js'

/** A published file and where it is kept. */
export interface Download {
  readonly url: string
  /** Where it is kept; made where it does not exist. */
  readonly folder: string
  readonly file: string
  /** How the file's SHA-256 begins, lower-case hex digits. */
  readonly checksum: string
  /** Milliseconds without a byte after which it is given up. */
  readonly patience: number
  /** What to do where it cannot be fetched. */
  readonly hint: string
  /** Told of bytes received; 0 in all where the server does not say how many there are. */
  readonly onProgress?: (received: number, total: number) => void
}

/** More than any published file that is fetched here has. */
const maxBytes = 2 ** 26

/**
 * Fetches a file, unless the folder holds it already. What arrives is kept only where its checksum is right, and is written whole
 * or not at all.
 *
 * @returns the file's path
 * @throws E_INPUT where it cannot be fetched or written; E_MODEL where it is not the file that was published
 */
export async function downloadOnce(download: Download): Promise<string> {
  const { url, folder, file, checksum, hint } = download
  const path = join(folder, file)
  const kept = await readFile(path).catch(() => undefined)
  if (kept && sha256(kept).startsWith(checksum)) return path

  const bytes = await fetchBytes(download)
  const actual = sha256(bytes)
  if (!actual.startsWith(checksum)) {
    throw expected('E_MODEL', `a file whose SHA-256 begins with ${checksum}`, url, actual, { hint })
  }
  try {
    await mkdir(folder, { recursive: true })
    await writeFileAtomically(path, bytes)
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
  return path
}

async function fetchBytes({ url, patience, hint, onProgress }: Download): Promise<Uint8Array> {
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(), patience)
  try {
    const response = await fetch(url, { signal: stalled.signal })
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`)
    const total = Number(response.headers.get('content-length') ?? 0)
    const chunks: Uint8Array[] = []
    let received = 0
    for await (const chunk of response.body) {
      timer.refresh()
      chunks.push(chunk)
      received += chunk.length
      if (received > maxBytes) throw new Error(`it is longer than ${maxBytes} bytes`)
      onProgress?.(received, total)
    }
    return Buffer.concat(chunks)
  } catch (cause) {
    const reason = stalled.signal.aborted ? `nothing came for ${patience / 1000} s` : reasonOf(cause)
    throw new LocatorError('E_INPUT', `Cannot fetch ${url}: ${reason}.`, { cause, hint })
  } finally {
    clearTimeout(timer)
  }
}

/** Node's `fetch` fails with "fetch failed" and "terminated"; the cause says why. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  if (!(cause instanceof Error)) return message
  // Where several addresses were tried there is no message, only a code.
  return cause.message || String((cause as NodeJS.ErrnoException).code)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
