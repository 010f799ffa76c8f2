import { expected } from '../../errors.js'
import { elementCount, type Tensor } from '../../tensor.js'
import { tensorBytes, tensorFromBytes } from '../tensor-bytes.js'
import type { Checkpoint } from './checkpoint.js'

/**
 * The property that holds the moving averages of the trainable parameters: float32, little-endian, end to end in the checkpoint's order,
 * in base64. They are no tensors of the checkpoint, because ONNX Runtime wants those to be the training graph's inputs.
 */
export const averagesProperty = 'averaged_weights'

/** The moving averages that a checkpoint holds, by parameter; null where there are none. @throws E_CHECKPOINT where they do not fit */
export function readAverages({ trainable, properties }: Checkpoint): Map<string, Tensor> | null {
  const text = properties.get(averagesProperty)
  if (text === undefined) return null
  const bytes = Buffer.from(String(text), 'base64')
  const length = [...trainable.values()].reduce((sum, { dims }) => sum + 4 * elementCount(dims), 0)
  if (bytes.length !== length) {
    throw expected('E_CHECKPOINT', `${length} bytes of averaged weights`, `"${averagesProperty}"`, bytes.length)
  }
  let offset = 0
  return new Map(
    [...trainable].map(([name, { dims }]) => {
      const start = offset
      offset += 4 * elementCount(dims)
      return [name, tensorFromBytes('float32', dims, bytes.subarray(start, offset))]
    }),
  )
}

/** What {@link readAverages} reads, of averages in the order of the checkpoint's trainable parameters. */
export function encodeAverages(averages: Iterable<Tensor>): string {
  return Buffer.concat(Array.from(averages, tensorBytes)).toString('base64')
}

/** The weights to use a training's result with: averaged where it averages, else as they are; running statistics beside them. */
export function resultingWeights(checkpoint: Checkpoint): Map<string, Tensor> {
  return new Map([...checkpoint.trainable, ...(readAverages(checkpoint) ?? []), ...checkpoint.frozen])
}
