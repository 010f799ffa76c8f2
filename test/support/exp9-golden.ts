import { type Tensor, tensor } from '../../src/tensor.js'
import type { TrainingArtifacts } from '../../src/training/artifacts/artifacts.js'
import { createArtifacts } from '../../src/training/artifacts/create-artifacts.js'
import { goldenParameter } from './golden-tensors.js'

/** exp9's artifacts at full size without dropout, with the parameters that the goldens were made with. */
export function goldenExp9Artifacts(weightDecay: number): TrainingArtifacts {
  const network = { network: 'exp9', pieceSize: 128, puzzleSize: 256, dropout: 0, batchNormMomentum: 0.01 } as const
  const artifacts = createArtifacts({ network, weightDecay, seed: 1 })
  const golden = (tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> =>
    new Map([...tensors].map(([name, { dims }]) => [name, tensor('float32', dims, goldenParameter(name, dims))]))
  const { checkpoint } = artifacts
  return {
    ...artifacts,
    checkpoint: { ...checkpoint, trainable: golden(checkpoint.trainable), frozen: golden(checkpoint.frozen) },
  }
}
