import { describe, expect, it } from 'vitest'
import { zeros } from '../../src/tensor.js'
import { encodeCheckpoint } from '../../src/training/checkpoint/write-checkpoint.js'
import { linearArtifacts, linearShapes } from './linear-artifacts.js'
import { loadOfficialRuntime } from './official-runtime.js'

const official = await loadOfficialRuntime()

describe.skipIf(!official)('the official runtime (skipped where onnxruntime-web 1.19.2 is not installed)', () => {
  // The one test of this file: after its exception the process is of no further use to the runtime.
  it("has its C++ exceptions' addresses turned into words", async () => {
    const ort = official!
    const checkpointState = encodeCheckpoint({
      trainable: new Map([
        ['w', zeros('float32', [5, 2])],
        ['b', zeros('float32', linearShapes.b)],
      ]),
      frozen: new Map(),
      optimizer: null,
      properties: new Map(),
    })
    const session = await ort.TrainingSession.create({ checkpointState, ...linearArtifacts() })
    const x = new ort.Tensor('float32', new Float32Array(6), linearShapes.x)
    const k = new ort.Tensor('float32', new Float32Array(4), linearShapes.k)
    const error = await session.runTrainStep({ x, k }).catch((thrown: unknown) => thrown)
    expect(ort.explain(error)).toMatch(/invalid dimensions for input: w/)
    expect(ort.explain(new Error('as it is'))).toBe('as it is')
  })
})
