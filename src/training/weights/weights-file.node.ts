import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { expected } from '../../errors.js'
import { openRun } from '../run/open-run.node.js'
import { decodeWeights } from './decode-weights.js'
import { type FetchOptions, fetchImagenetWeights } from './imagenet.node.js'
import type { Weights } from './load-weights.js'
import { imagenetFile } from './weights-origin.js'

/** A hundred times what this package's networks take with all that training keeps beside them. */
const maxBytes = 2 ** 30

/**
 * Reads weights: a `.pth`, `.safetensors` or checkpoint file; a run's folder, of which the best checkpoint is taken; or the file that
 * {@link fetchImagenetWeights} fetches.
 *
 * @param reference a path, or `imagenet`
 * @throws E_INPUT where there is no such file, or it cannot be read or fetched, or the folder is no run's; E_MODEL, E_CHECKPOINT where it
 *   is damaged
 */
export async function readWeights(reference: string, options: FetchOptions = {}): Promise<Weights> {
  if (reference === 'imagenet') return readFileOfWeights(await fetchImagenetWeights(options), imagenetFile)
  const found = await stat(reference).catch(cause => {
    throw expected('E_INPUT', 'a file of weights, a run, or "imagenet"', '--weights', reference, {
      cause,
      hint: 'There is no such file or folder.',
    })
  })
  const path = found.isDirectory() ? (await openRun(reference)).checkpoint : reference
  return readFileOfWeights(path, basename(resolve(reference)))
}

async function readFileOfWeights(path: string, name: string): Promise<Weights> {
  const source = `weights ${path}`
  const bytes = await readWhole(path).catch(cause => {
    throw cause instanceof Error && 'syscall' in cause
      ? expected('E_INPUT', 'a readable file', source, cause.message.split(',')[0], { cause })
      : cause
  })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { source, name, sha256, ...decodeWeights(bytes, source) }
}

async function readWhole(path: string): Promise<Uint8Array> {
  const info = await stat(path)
  if (!info.isFile()) throw expected('E_INPUT', 'a file', 'weights', path)
  if (info.size > maxBytes)
    throw expected('E_MODEL', 'a file of at most 1 GiB', `weights ${path}`, `${info.size} bytes`)
  return readFile(path)
}
