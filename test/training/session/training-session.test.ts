import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/tensor.js'
import { tensor } from '../../../src/tensor.js'
import type { TrainingArtifacts } from '../../../src/training/artifacts/artifacts.js'
import { writeArtifacts } from '../../../src/training/artifacts/artifacts.node.js'
import { createArtifacts } from '../../../src/training/artifacts/create-artifacts.js'
import type { Checkpoint } from '../../../src/training/checkpoint/checkpoint.js'
import { readCheckpoint } from '../../../src/training/checkpoint/checkpoint.node.js'
import { decodeCheckpoint } from '../../../src/training/checkpoint/read-checkpoint.js'
import { encodeCheckpoint } from '../../../src/training/checkpoint/write-checkpoint.js'
import {
  type Feeds,
  TrainingSession,
  type TrainingSessionOptions,
} from '../../../src/training/session/training-session.js'
import { goldenPictures, goldenTargets } from '../../support/golden-tensors.js'
import { tinyArtifacts, tinyBatch, tinyDropout } from '../../support/tiny-artifacts.js'

const artifacts = tinyArtifacts()
const rates = { backbone: 1e-3, correlation: 1e-2, refinement: 1e-3 }
const [a, b] = [tinyBatch('a'), tinyBatch('b')]

const sessions: TrainingSession[] = []
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.release()
})

async function load(
  options: TrainingSessionOptions = {},
  source: string | TrainingArtifacts = artifacts,
): Promise<TrainingSession> {
  const session = await TrainingSession.load(source, { lowering: 'standard', ...options })
  sessions.push(session)
  return session
}

/** The whole state as the bytes of a checkpoint. */
const bytesOf = (session: TrainingSession): Buffer => Buffer.from(encodeCheckpoint(session.checkpoint()))

function expectSameState(one: TrainingSession, other: TrainingSession): void {
  expect(bytesOf(one).equals(bytesOf(other))).toBe(true)
}

const data = (value: Tensor | undefined): number[] => [...(value!.data as Float32Array)]
const flat = (tensors: ReadonlyMap<string, Tensor>): number[] => [...tensors.values()].flatMap(data)

/** Dropout factors as a caller gives them: nothing dropped, or everything. */
const masks = (kept: boolean): Feeds => ({
  piece_dropout: tensor('float32', [4, 4], new Float32Array(16).fill(kept ? 1 / (1 - tinyDropout) : 0)),
})

describe('runStep', () => {
  it('equals the three calls bit for bit', async () => {
    const [whole, parts] = [await load(), await load()]
    for (const feeds of [a, b, a]) {
      const outputs = await whole.runStep(feeds, rates)
      const other = await parts.runTrainStep(feeds)
      await parts.runOptimizerStep(rates)
      await parts.lazyResetGrad()
      expect(other).toEqual(outputs)
    }
    expectSameState(whole, parts)
    expect(whole.steps).toBe(3)
  })

  it('gives loss, position and attention; the loss falls', async () => {
    const session = await load()
    const first = await session.runStep(a, rates)
    expect(Object.keys(first)).toEqual(['loss', 'position', 'attention'])
    expect([first.loss!.dims, first.position!.dims, first.attention!.dims]).toEqual([[], [4, 2], [4, 4]])
    let last = first
    for (let i = 0; i < 100; i++) last = await session.runStep(a, 1e-2)
    expect(data(last.loss)[0]).toBeLessThan(data(first.loss)[0]! / 2)
  })

  it('without rates takes ONNX Runtime’s, 0.001; with one number takes that for every group', async () => {
    const [none, one, all] = [await load(), await load(), await load()]
    await none.runStep(a)
    await one.runStep(a, 0.001)
    await all.runStep(a, { backbone: 0.001, correlation: 0.001, refinement: 0.001 })
    expectSameState(none, one)
    expectSameState(none, all)
  })

  it('leaves the tensors that it is fed as they are, and those that it gave before', async () => {
    const session = await load()
    const before = structuredClone(a)
    const outputs = await session.runStep(a, rates)
    const [given, parameters] = [structuredClone(outputs), session.parameters()]
    const copy = structuredClone(parameters)
    await session.runStep(b, rates)
    expect(a).toEqual(before)
    expect(outputs).toEqual(given)
    expect(parameters).toEqual(copy)
    expect(artifacts.checkpoint).toEqual(tinyArtifacts().checkpoint)
  })
})

describe('gradients', () => {
  it('add up over train steps until they are reset', async () => {
    const [both, first, second] = [await load(), await load(), await load()]
    const noDropout = masks(true)
    await both.runTrainStep({ ...a, ...noDropout })
    await first.runTrainStep({ ...a, ...noDropout })
    expect(both.gradients()).toEqual(first.gradients())
    await both.runTrainStep({ ...b, ...noDropout })
    await second.runTrainStep({ ...b, ...noDropout })
    const [one, two] = [flat(first.gradients()), flat(second.gradients())]
    expect(flat(both.gradients())).toEqual(one.map((value, i) => Math.fround(value + two[i]!)))

    await both.lazyResetGrad()
    expect(flat(both.gradients())[0]).not.toBe(0)
    await both.runTrainStep({ ...b, ...noDropout })
    expect(flat(both.gradients())).toEqual(two)
  })

  it('are kept by an optimizer step, as in ONNX Runtime', async () => {
    const session = await load()
    await session.runTrainStep(a)
    const before = session.gradients()
    await session.runOptimizerStep(rates)
    expect(session.gradients()).toEqual(before)
  })

  it('of a group with rate 0 move nothing of it', async () => {
    const session = await load()
    const before = session.parameters()
    await session.runStep(a, { backbone: 0, correlation: 1e-2, refinement: 0 })
    for (const [name, value] of session.parameters()) {
      if (name.includes('.running_')) continue
      expect(
        data(value).some((element, i) => element !== data(before.get(name))[i]),
        name,
      ).toBe(name === 'puzzle.weight' || name === 'temperature')
    }
  })
})

describe('a saved session', () => {
  /** Through the file format. */
  const saved = (session: TrainingSession): Checkpoint =>
    decodeCheckpoint(encodeCheckpoint(session.checkpoint()), 'test')

  it('goes on as the one that was not interrupted, dropout included, whatever seed it is loaded with', async () => {
    const through = await load({ seed: 5 })
    await through.runStep(a, rates)
    await through.runStep(b, rates)
    const resumed = await load({ seed: 99 }, { ...artifacts, checkpoint: saved(through) })
    expect(resumed.steps).toBe(2)
    for (const feeds of [a, b]) expect(await resumed.runStep(feeds, rates)).toEqual(await through.runStep(feeds, rates))
    expectSameState(resumed, through)
  })

  it('keeps the caller’s properties and those that it was loaded with', async () => {
    const session = await load()
    const checkpoint = session.checkpoint(
      new Map<string, bigint | string>([
        ['epoch', 3n],
        ['note', 'text'],
      ]),
    )
    expect(checkpoint.properties.get('epoch')).toBe(3n)
    expect(checkpoint.properties.get('note')).toBe('text')
    expect(checkpoint.properties.get('parameter_groups')).toBe(artifacts.checkpoint.properties.get('parameter_groups'))
  })

  it('is a folder of artifacts and a checkpoint file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'session-'))
    try {
      await writeArtifacts(artifacts, join(folder, 'exp9'))
      const [fromFolder, inMemory] = [await load({}, join(folder, 'exp9')), await load()]
      expect(await fromFolder.runStep(a, rates)).toEqual(await inMemory.runStep(a, rates))
      await fromFolder.saveCheckpoint(join(folder, 'checkpoint'), { properties: new Map([['epoch', 7n]]) })
      const read = await readCheckpoint(join(folder, 'checkpoint'))
      expect(read.properties.get('epoch')).toBe(7n)
      expect(read.trainable).toEqual(inMemory.checkpoint().trainable)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it.each([
    ['not JSON', '{'],
    ['no list', '7'],
    ['too short', '[1,2]'],
    ['zeros', '[0,0,0,0]'],
  ])('with a damaged generator is refused: %s', async (_, text) => {
    const properties = new Map([...artifacts.checkpoint.properties, ['dropout_generator', text]])
    const damaged = { ...artifacts, checkpoint: { ...artifacts.checkpoint, properties } }
    await expect(TrainingSession.load(damaged)).rejects.toMatchObject({
      code: 'E_CHECKPOINT',
      message: expect.stringContaining("random generator's state"),
    })
  })
})

describe('equal seeds', () => {
  it('give equal bytes, others do not', async () => {
    const [one, same, other] = [await load({ seed: 3 }), await load({ seed: 3 }), await load({ seed: 4 })]
    for (const session of [one, same, other]) await session.runStep(a, rates)
    expectSameState(one, same)
    expect(one.parameters()).toEqual(same.parameters())
    expect(one.parameters()).not.toEqual(other.parameters())
  })
})

describe('dropout factors', () => {
  it('of the caller are used, and then none are drawn', async () => {
    const [given, drawn] = [await load(), await load()]
    const [everything, nothing] = [masks(true), masks(false)]
    // Without features all is alike: the attention is uniform.
    const { attention } = await given.runTrainStep({ ...a, ...nothing })
    expect(data(attention)).toEqual(Array(16).fill(0.25))
    const kept = await given.runTrainStep({ ...a, ...everything })
    expect(data(kept.attention).some(value => Math.abs(value - 0.25) > 1e-4)).toBe(true)
    const state = (session: TrainingSession) => session.checkpoint().properties.get('dropout_generator')
    expect(state(given)).toBe(state(drawn))
    await drawn.runTrainStep(a)
    expect(state(given)).not.toBe(state(drawn))
  })

  it('change from step to step and are no part of evaluation', async () => {
    const session = await load()
    const [first, second] = [await session.runTrainStep(a), await session.runTrainStep(a)]
    expect(data(first.position)).not.toEqual(data(second.position))
    expect(await session.runEvalStep(a)).toEqual(await session.runEvalStep(a))
  })
})

describe('batch sizes', () => {
  it('may change between steps', async () => {
    const session = await load()
    for (const [pieces, puzzles] of [
      [4, 2],
      [2, 1],
      [3, 3],
      [8, 2],
      [4, 2],
    ] as const) {
      const { position } = await session.runStep(tinyBatch(`${pieces}`, pieces, puzzles), rates)
      expect(position!.dims).toEqual([pieces, 2])
      expect((await session.runEvalStep(tinyBatch('eval', 6, 3))).attention!.dims).toEqual([6, 4])
    }
  })
})

describe('evaluation', () => {
  it('changes nothing, and uses the running statistics, which training moves', async () => {
    const session = await load()
    const before = bytesOf(session)
    const untrained = await session.runEvalStep(a)
    expect(bytesOf(session).equals(before)).toBe(true)
    await session.runTrainStep(b)
    // No weight has changed yet.
    const trained = await session.runEvalStep(a)
    expect(data(trained.loss)).not.toEqual(data(untrained.loss))
  })
})

describe('a step that fails', () => {
  const failing: [string, Feeds, TrainingSessionOptions | undefined, object | undefined, string, string][] = [
    ['a missing tensor', { piece: a.piece!, puzzle: a.puzzle! }, undefined, undefined, 'E_SHAPE', 'input "target"'],
    [
      'a tensor of no input',
      { ...a, pieces: a.piece! },
      undefined,
      undefined,
      'E_SHAPE',
      'one of the inputs piece, puzzle, target',
    ],
    [
      'a tensor of the session’s own',
      { ...a, lazy_reset_grad: a.target! },
      undefined,
      undefined,
      'E_SHAPE',
      'one of the inputs',
    ],
    ['a parameter', { ...a, 'fc.bias': a.target! }, undefined, undefined, 'E_SHAPE', 'one of the inputs'],
    [
      'pictures of another size',
      { ...a, piece: tensor('float32', [4, 3, 4, 4], new Float32Array(192)) },
      undefined,
      undefined,
      'E_SHAPE',
      'float32[P,3,2,2]',
    ],
    ['pieces that puzzles do not divide', tinyBatch('x', 4, 3), undefined, undefined, 'E_SHAPE', 'P = 4, Q = 3'],
    ['no pieces', tinyBatch('x', 0, 0), undefined, undefined, 'E_SHAPE', 'at least one element'],
    [
      'fewer targets than pieces',
      { ...a, target: tinyBatch('x', 2).target! },
      undefined,
      undefined,
      'E_SHAPE',
      'where P is 4',
    ],
    ['a missing rate', a, undefined, { backbone: 1e-3, refinement: 1e-3 }, 'E_CONFIG', 'parameter group "correlation"'],
    ['a rate for no group', a, undefined, { ...rates, head: 1e-3 }, 'E_CONFIG', '"head"'],
    [
      'a rate that is no number',
      a,
      undefined,
      { ...rates, backbone: Number.NaN },
      'E_CONFIG',
      'parameter group "backbone"',
    ],
    ['a negative rate', a, undefined, { ...rates, backbone: -1e-3 }, 'E_CONFIG', 'parameter group "backbone"'],
    [
      'an infinite rate',
      a,
      undefined,
      { ...rates, backbone: Number.POSITIVE_INFINITY },
      'E_CONFIG',
      'parameter group "backbone"',
    ],
    [
      'gradients that cannot be clipped',
      { ...a, target: tensor('float32', [4, 2], new Float32Array(8).fill(Number.NaN)) },
      { clipNorm: 1 },
      undefined,
      'E_DIVERGED',
      'finite gradients',
    ],
  ]

  it.each(failing)('leaves the state as it was: %s', async (_, feeds, options, badRates, code, message) => {
    const [session, other] = [await load(options), await load(options)]
    await session.runTrainStep(b)
    await other.runTrainStep(b)
    const before = bytesOf(session)
    await expect(session.runStep(feeds, (badRates ?? rates) as never)).rejects.toMatchObject({
      name: 'LocatorError',
      code,
      message: expect.stringContaining(message),
    })
    expect(bytesOf(session).equals(before)).toBe(true)
    // Gradients are no part of a checkpoint: the next step tells whether they are the same.
    for (const one of [session, other]) await one.runStep(a, rates)
    expectSameState(session, other)
  })

  it('also where it is a part of a step', async () => {
    const [session, other] = [await load(), await load()]
    await expect(session.runTrainStep(tinyBatch('x', 4, 3))).rejects.toThrow('P = 4, Q = 3')
    await expect(session.runOptimizerStep({})).rejects.toThrow('parameter group "backbone"')
    await expect(session.runEvalStep({ ...a, ...masks(true) })).rejects.toThrow(
      'one of the inputs piece, puzzle, target',
    )
    for (const one of [session, other]) await one.runStep(a, rates)
    expectSameState(session, other)
  })
})

describe('calls that do not wait for each other', () => {
  it('happen one after the other', async () => {
    const [waiting, hasty] = [await load(), await load()]
    for (const feeds of [a, b]) await waiting.runStep(feeds, rates)
    const evaluated = await waiting.runEvalStep(a)
    const results = await Promise.all([hasty.runStep(a, rates), hasty.runStep(b, rates), hasty.runEvalStep(a)])
    expectSameState(waiting, hasty)
    expect(results[2]).toEqual(evaluated)
  })

  it('are finished before the session is released', async () => {
    const session = await load()
    const step = session.runStep(a, rates)
    const released = session.release()
    expect(Object.keys(await step)).toContain('loss')
    await released
  })
})

describe('a released session', () => {
  it('refuses everything but to be released again', async () => {
    const session = await load()
    await session.runStep(a, rates)
    await session.release()
    await session.release()
    const disposed = { code: 'E_DISPOSED' }
    await expect(session.runTrainStep(a)).rejects.toMatchObject(disposed)
    await expect(session.runOptimizerStep(rates)).rejects.toMatchObject(disposed)
    await expect(session.lazyResetGrad()).rejects.toMatchObject(disposed)
    await expect(session.runStep(a, rates)).rejects.toMatchObject(disposed)
    await expect(session.runEvalStep(a)).rejects.toMatchObject(disposed)
    await expect(session.setFrozen([])).rejects.toMatchObject(disposed)
    await expect(session.saveCheckpoint(join(tmpdir(), 'never-written'))).rejects.toMatchObject(disposed)
    for (const call of [() => session.parameters(), () => session.gradients(), () => session.checkpoint()])
      expect(call).toThrow(expect.objectContaining(disposed))
  })
})

describe('artifacts that do not belong together', () => {
  const { checkpoint } = artifacts
  const name = 'fc.bias'
  const bias = checkpoint.trainable.get(name)!
  const without = <T>(map: ReadonlyMap<string, T>): Map<string, T> => new Map([...map].filter(([key]) => key !== name))
  const ungrouped = new Map([...checkpoint.properties].filter(([key]) => key !== 'parameter_groups'))

  it.each<[string, Partial<Checkpoint>, string]>([
    [
      'a parameter of another shape',
      { trainable: new Map([...checkpoint.trainable, [name, tensor('float32', [3], new Float32Array(3))]]) },
      `"${name}"`,
    ],
    [
      'a parameter of another type',
      { trainable: new Map([...checkpoint.trainable, [name, tensor('float64', [2], new Float64Array(2))]]) },
      `"${name}"`,
    ],
    [
      'a parameter that the graph does not have',
      { trainable: new Map([...checkpoint.trainable, ['extra', bias]]), properties: ungrouped },
      '"extra"',
    ],
    [
      'a parameter without a gradient',
      {
        trainable: new Map([
          ...checkpoint.trainable,
          ['norm.running_mean', checkpoint.frozen.get('norm.running_mean')!],
        ]),
        frozen: new Map([['norm.running_var', checkpoint.frozen.get('norm.running_var')!]]),
        properties: ungrouped,
      },
      '"norm.running_mean"',
    ],
    [
      'a frozen tensor that the graph trains',
      {
        trainable: without(checkpoint.trainable),
        frozen: new Map([...checkpoint.frozen, [name, bias]]),
        properties: ungrouped,
      },
      `"${name}"`,
    ],
    ['a missing parameter', { trainable: without(checkpoint.trainable), properties: ungrouped }, `"${name}"`],
    [
      'a frozen tensor that the graph does not have',
      { frozen: new Map([...checkpoint.frozen, ['extra', bias]]) },
      '"extra"',
    ],
  ])('are refused when they are loaded: %s', async (_, change, what) => {
    await expect(
      TrainingSession.load({ ...artifacts, checkpoint: { ...checkpoint, ...change } }),
    ).rejects.toMatchObject({
      code: 'E_CHECKPOINT',
      message: expect.stringContaining(what),
    })
  })

  it.each<[string, TrainingSessionOptions, string]>([
    ['a seed that is no whole number', { seed: 0.5 }, 'seed'],
    ['a norm of nothing to clip to', { clipNorm: 0 }, 'clipNorm'],
    ['a norm that is none', { clipNorm: Number.NaN }, 'clipNorm'],
    ['a decay of 1', { ema: 1 }, 'ema'],
    ['a decay that is none', { ema: Number.NaN }, 'ema'],
  ])('as are options that cannot be meant: %s', async (_, options, what) => {
    await expect(TrainingSession.load(artifacts, options)).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringContaining(what),
    })
  })
})

describe('exp9, small', () => {
  const network = { network: 'exp9', pieceSize: 32, puzzleSize: 64, dropout: 0.25, batchNormMomentum: 0.1 } as const
  const exp9 = createArtifacts({ network, weightDecay: 1e-2, seed: 1 })
  const pictures = (name: string, pieces: number, puzzles: number): Feeds => ({
    piece: tensor('float32', [pieces, 3, 32, 32], goldenPictures(`piece-${name}`, pieces, 32)),
    puzzle: tensor('float32', [puzzles, 3, 64, 64], goldenPictures(`puzzle-${name}`, puzzles, 64)),
    target: tensor('float32', [pieces, 2], goldenTargets(`target-${name}`, pieces)),
  })

  it('takes the same steps whole and in parts, saved and resumed between', async () => {
    const whole = await load({ seed: 3 }, exp9)
    const first = await whole.runStep(pictures('a', 4, 2), rates)
    expect([first.loss!.dims, first.position!.dims, first.attention!.dims]).toEqual([[], [4, 2], [4, 2, 2]])
    const checkpoint = decodeCheckpoint(encodeCheckpoint(whole.checkpoint()), 'test')
    await whole.runStep(pictures('b', 4, 2), rates)

    const parts = await load({ seed: 99 }, { ...exp9, checkpoint })
    await parts.runTrainStep(pictures('b', 4, 2))
    await parts.runOptimizerStep(rates)
    await parts.lazyResetGrad()
    expectSameState(parts, whole)
  })
})
