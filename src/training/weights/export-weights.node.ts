import { stat } from 'node:fs/promises'
import { expected } from '../../errors.js'
import { cannotWrite } from '../../write-folder.node.js'
import { readCheckpoint } from '../checkpoint/checkpoint.node.js'
import { writeFileAtomically } from '../checkpoint/write-file-atomically.node.js'
import type { Run } from '../run/open-run.node.js'
import { checkpointProperties } from '../run/run-files.js'
import { exportWeights } from './export-weights.js'

/**
 * Writes the weights of a run's best checkpoint as a `.safetensors` file, whole or not at all; see {@link exportWeights}.
 *
 * @returns how many tensors were written, and how many epochs they have seen
 * @throws E_USAGE where there is such a file already; E_INPUT where it cannot be written; E_CHECKPOINT where the checkpoint is damaged
 */
export async function exportRunWeights(run: Run, path: string): Promise<{ tensors: number; epochs: number }> {
  const present = await stat(path).catch(() => undefined)
  if (present) {
    throw expected('E_USAGE', 'a new file', 'the output', path, {
      hint: 'There is one of that name, which would be lost.',
    })
  }
  const checkpoint = await readCheckpoint(run.checkpoint)
  const bytes = exportWeights(checkpoint)
  await writeFileAtomically(path, bytes).catch(cause => {
    throw cannotWrite(path, cause)
  })
  const { trainable, frozen, properties } = checkpoint
  return { tensors: trainable.size + frozen.size, epochs: Number(properties.get(checkpointProperties.epoch) ?? 0) }
}
