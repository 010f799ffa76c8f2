import { readFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { type Tensor, tensor } from '../../../src/tensor.js'
import { createArtifacts } from '../../../src/training/artifacts/create-artifacts.js'
import { TrainingSession } from '../../../src/training/session/training-session.js'
import { decodeWeights } from '../../../src/training/weights/decode-weights.js'
import { exp9Batch, loadExp9Parameters, loadExp9Step } from '../../support/golden-sketch.js'
import { goldenParameter, goldenUniform } from '../../support/golden-tensors.js'
import { writePth } from '../../support/pth-writer.js'

let session: TrainingSession | undefined
afterEach(() => session?.release())

/** The parameters of `test/fixtures/weights/README.md`, to float32's rounding. */
function forwardParameter(name: string, shape: readonly number[]): Float32Array {
  const golden = goldenParameter(name, shape)
  if (name.endsWith('.temperature')) return golden.fill(0.02)
  if (name.endsWith('.running_mean')) return goldenUniform(name, shape[0]!).map(value => 0.05 * value)
  if (name.endsWith('.running_var')) return goldenUniform(name, shape[0]!).map(value => 1 + 0.5 * value)
  if (name.includes('_features.') && shape.length === 4 && shape[1] === 1) {
    return golden.map(value => Math.sqrt(shape[0]!) * value)
  }
  return golden
}

it("a state dict in PyTorch's format gives PyTorch's forward pass within 1e-5", async () => {
  const golden: { position: number[]; attention: number[] } = JSON.parse(
    readFileSync(new URL('../../fixtures/weights/exp9-forward.json', import.meta.url), 'utf8'),
  )
  const stateDict = new Map<string, Tensor<'float32'>>(
    loadExp9Parameters().tensors.map(([name, shape]) => [
      name,
      tensor('float32', shape, forwardParameter(name, shape)),
    ]),
  )
  const decoded = decodeWeights(writePth(stateDict), 'x')
  const weights = { source: 'x', name: 'x', sha256: '0'.repeat(64), ...decoded }
  const network = { network: 'exp9', pieceSize: 128, puzzleSize: 256, dropout: 0.1, batchNormMomentum: 0.01 } as const
  session = await TrainingSession.load(createArtifacts({ network, weightDecay: 0, seed: 1, weights }))
  const { position, attention } = await session.runEvalStep(exp9Batch(loadExp9Step()))

  const largest = (values: ArrayLike<number>, expected: readonly number[]): number =>
    Math.max(...expected.map((value, i) => Math.abs(value - values[i]!)))
  expect(largest(position!.data as Float32Array, golden.position)).toBeLessThan(1e-5)
  const maps = attention!.data as Float32Array
  const told = [...maps.subarray(0, 64), ...maps.subarray(7 * 64)]
  expect(told).toHaveLength(golden.attention.length)
  expect(largest(told, golden.attention)).toBeLessThan(1e-5)
  // The test would see nothing if all pictures gave the same.
  expect(Math.abs(golden.position[0]! - golden.position[8]!)).toBeGreaterThan(1e-3)
})
