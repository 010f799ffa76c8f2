import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { checkpointProperties } from '../run/run-files.js'
import { encodeSafetensors } from './safetensors.js'
import { originsKey } from './weights-origin.js'

/**
 * A checkpoint's weights and running statistics as a `.safetensors` file that PyTorch loads: the names are those of the network's
 * `state_dict`. Optimizer and run are left out; where the first weights came from stands in the metadata.
 *
 * Running variances are ONNX Runtime's (biased): PyTorch's own are n / (n - 1) times as large, n being the elements per channel and batch.
 *
 * @throws E_MODEL, E_SHAPE where the checkpoint's tensors are none that the format holds
 */
export function exportWeights({ trainable, frozen, properties }: Checkpoint): Uint8Array {
  const metadata = new Map([['format', 'pt']])
  for (const key of [checkpointProperties.epoch, originsKey]) {
    const value = properties.get(key)
    if (value !== undefined) metadata.set(key, String(value))
  }
  return encodeSafetensors(new Map([...trainable, ...frozen]), metadata)
}
