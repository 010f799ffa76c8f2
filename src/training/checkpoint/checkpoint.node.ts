import { readFile, stat } from 'node:fs/promises'
import { expected, type LocatorError } from '../../errors.js'
import type { Checkpoint } from './checkpoint.js'
import { decodeCheckpoint } from './read-checkpoint.js'
import { encodeCheckpoint } from './write-checkpoint.js'
import { writeFileAtomically } from './write-file-atomically.node.js'

/**
 * Reads a checkpoint file of ONNX Runtime's on-device training.
 *
 * @throws E_INPUT missing or unreadable; E_CHECKPOINT damaged or of another kind
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  let bytes: Uint8Array
  try {
    const info = await stat(path)
    if (!info.isFile()) throw new Error(info.isDirectory() ? 'a folder' : 'something else')
    bytes = await readFile(path)
  } catch (error) {
    throw fileError('a readable file', path, error)
  }
  return decodeCheckpoint(bytes, `checkpoint ${path}`)
}

/**
 * Writes a checkpoint file. The file at `path` is at every moment the previous one or the new one, whole.
 *
 * @throws E_CHECKPOINT the checkpoint is not valid; E_INPUT it cannot be written there (the previous file is unharmed)
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const bytes = encodeCheckpoint(checkpoint)
  try {
    await writeFileAtomically(path, bytes)
  } catch (error) {
    throw fileError('a place to write to', path, error)
  }
}

function fileError(what: string, path: string, cause: unknown): LocatorError {
  // Node's messages read "ENOSPC: no space left on device, write ...": the rest repeats the path or names a temporary.
  const reason = cause instanceof Error ? cause.message.split(',')[0] : String(cause)
  return expected('E_INPUT', what, `checkpoint ${path}`, reason, { cause })
}
