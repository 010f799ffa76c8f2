import { afterEach, describe, expect, test } from 'vitest'
import type { Tensor } from '../../../src/tensor.js'
import { tensor } from '../../../src/tensor.js'
import { createArtifacts } from '../../../src/training/artifacts/create-artifacts.js'
import type { Checkpoint } from '../../../src/training/checkpoint/checkpoint.js'
import { decodeCheckpoint } from '../../../src/training/checkpoint/read-checkpoint.js'
import { encodeCheckpoint } from '../../../src/training/checkpoint/write-checkpoint.js'
import { TrainingSession, type TrainingSessionOptions } from '../../../src/training/session/training-session.js'
import { tensorBytes } from '../../../src/training/tensor-bytes.js'
import { norm } from '../../support/golden-sketch.js'
import { goldenPictures, goldenTargets } from '../../support/golden-tensors.js'

const network = { network: 'exp9', pieceSize: 32, puzzleSize: 64, dropout: 0.1, batchNormMomentum: 0.1 } as const
const artifacts = createArtifacts({ network, weightDecay: 1e-2, seed: 1 })
const rates = { backbone: 1e-3, correlation: 1e-2, refinement: 1e-3 }
const backbone = /_features\./
const early = /_features\.[0-9]\./

const batch = (name: string) => ({
  piece: tensor('float32', [4, 3, 32, 32], goldenPictures(`piece-${name}`, 4, 32)),
  puzzle: tensor('float32', [1, 3, 64, 64], goldenPictures(`puzzle-${name}`, 1, 64)),
  target: tensor('float32', [4, 2], goldenTargets(`target-${name}`, 4)),
})

const sessions: TrainingSession[] = []
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.release()
})

async function load(options: TrainingSessionOptions = {}, checkpoint: Checkpoint = artifacts.checkpoint) {
  const session = await TrainingSession.load({ ...artifacts, checkpoint }, { lowering: 'standard', ...options })
  sessions.push(session)
  return session
}

/** Through the file format, as a resumed run sees it. */
const saved = (session: TrainingSession): Checkpoint => decodeCheckpoint(encodeCheckpoint(session.checkpoint()), 'test')

const changed = (before: ReadonlyMap<string, Tensor>, after: ReadonlyMap<string, Tensor>): string[] =>
  [...after].filter(([name, value]) => !sameBytes(value, before.get(name)!)).map(([name]) => name)

const sameBytes = (a: Tensor, b: Tensor): boolean => Buffer.from(tensorBytes(a)).equals(tensorBytes(b))

const isStatistic = (name: string): boolean => /\.running_(mean|var)$/.test(name)

describe('a session with frozen parameters', () => {
  test.each(['batch', 'frozen'] as const)('leaves them as they are, batch-norm %s', async batchNorm => {
    const session = await load({ frozen: [backbone], batchNorm })
    const before = session.parameters()
    await session.runStep(batch('a'), rates)
    const moved = changed(before, session.parameters())
    expect(moved.filter(name => !isStatistic(name)).every(name => !backbone.test(name))).toBe(true)
    expect(moved.filter(name => !isStatistic(name)).length).toBeGreaterThan(6)
    expect(moved.filter(isStatistic)).toHaveLength(batchNorm === 'batch' ? 136 : 0)
    expect([...session.gradients().keys()].some(name => backbone.test(name))).toBe(false)
    expect([...session.parameters().keys()].sort()).toEqual([...before.keys()].sort())
  })

  test.each(['standard', 'blocked'] as const)(
    'has the others’ gradients of a session that trains all, lowered to %s',
    async lowering => {
      const whole = await load({ lowering, seed: 3 })
      const frozen = await load({ lowering, seed: 3, frozen: [early] })
      await whole.runTrainStep(batch('a'))
      await frozen.runTrainStep(batch('a'))
      const wanted = whole.gradients()
      for (const [name, { data }] of frozen.gradients()) {
        const own = wanted.get(name)!.data as Float32Array
        const error = norm((data as Float32Array).map((value, i) => value - own[i]!))
        expect(error, name).toBeLessThanOrEqual(1e-5 * Math.max(norm(own), 1e-3))
      }
    },
  )

  test('keeps moments and passes by the bias correction of steps in which a parameter was frozen', async () => {
    const session = await load({ frozen: [early] })
    await session.runStep(batch('a'), rates)
    await session.runStep(batch('b'), rates)
    await session.setFrozen([])
    const before = session.parameters()
    await session.runStep(batch('a'), { backbone: 1e-3, correlation: 0, refinement: 0 })
    // In AdamW's first step of a parameter, bias-corrected, every element moves by the learning rate, decay aside.
    const name = 'piece_features.4.block.0.0.weight'
    const [was, is] = [before.get(name)!.data, session.parameters().get(name)!.data] as [Float32Array, Float32Array]
    const moves = is.map((value, i) => Math.abs(value - was[i]! * (1 - 1e-5))).sort()
    expect(moves[moves.length >> 1]! / 1e-3).toBeCloseTo(1, 2)
    // One that was trained all along is in its third.
    expect(session.checkpoint().properties.get('start_steps')).toMatch(/^\{"2":\["piece_features\.0\.0\.weight",/)
    const { moments } = session.checkpoint().optimizer!
    await session.setFrozen([early])
    for (const [name, { first, second }] of session.checkpoint().optimizer!.moments) {
      expect(sameBytes(first, moments.get(name)!.first) && sameBytes(second, moments.get(name)!.second), name).toBe(
        true,
      )
    }
  })

  test('refuses patterns of nothing and of everything', async () => {
    await expect(load({ frozen: [/^layer\./] })).rejects.toThrow('/^layer\\./')
    await expect(load({ frozen: [/./] })).rejects.toThrow('a parameter to train')
    const session = await load()
    await expect(session.setFrozen([/./])).rejects.toThrow('a parameter to train')
    await session.runStep(batch('a'), rates)
  })
})

describe('a session that goes on from a checkpoint', () => {
  const options = { seed: 5, ema: 0.5, clipNorm: 0.1, frozen: [early] } as const
  const steps: readonly ((session: TrainingSession) => Promise<unknown>)[] = [
    session => session.runStep(batch('a'), rates),
    session => session.setFrozen([/_features\.([0-6]|12)\./]),
    session => session.runStep(batch('b'), rates),
    session => session.setFrozen([/_features\.[0-2]\./]),
    session => session.runStep(batch('a'), rates),
  ]

  test('equals the one that went through, bit for bit, wherever it was saved', async () => {
    const through = await load(options)
    const checkpoints: Checkpoint[] = []
    for (const step of steps) {
      await step(through)
      checkpoints.push(saved(through))
    }
    const { frozen: _, ...others } = options
    for (const at of [2, 3]) {
      const resumed = await load(others, checkpoints[at - 1])
      for (const step of steps.slice(at)) await step(resumed)
      expect(
        Buffer.from(encodeCheckpoint(resumed.checkpoint())).equals(encodeCheckpoint(through.checkpoint())),
        `${at}`,
      ).toBe(true)
    }
  }, 120_000)

  test.each([
    ['start_steps', '{"7":["refinement.0.bias"]}'],
    ['start_steps', '{"0":["no.such"]}'],
    ['start_steps', '[]'],
    ['frozen_parameters', '{"-1":["refinement.0.bias"]}'],
    ['frozen_parameters', 'x'],
    ['averaged_weights', 'AAAA'],
  ])('refuses a damaged property %s %s', async (name, text) => {
    const properties = new Map([...artifacts.checkpoint.properties, [name, text]])
    await expect(load({}, { ...artifacts.checkpoint, properties })).rejects.toMatchObject({ code: 'E_CHECKPOINT' })
  })
})
