import { describe, expect, it } from 'vitest'
import { Random } from '../../src/prng.js'
import { type Tensor, tensor, zeros } from '../../src/tensor.js'
import type { Checkpoint, Moments } from '../../src/training/checkpoint/checkpoint.js'
import { encodeCheckpoint } from '../../src/training/checkpoint/write-checkpoint.js'
import { adamw, linearArtifacts, linearShapes } from '../support/linear-artifacts.js'
import { loadOfficialRuntime, type OfficialTrainingSession } from '../support/official-runtime.js'
import { allDataTypes } from '../support/random-tensors.js'

const official = await loadOfficialRuntime()

describe.skipIf(!official)(
  'a checkpoint in the official runtime (skipped where onnxruntime-web 1.19.2 is missing)',
  () => {
    const ort = official!

    const createSession = (checkpoint: Checkpoint): Promise<OfficialTrainingSession> =>
      ort.TrainingSession.create({ checkpointState: encodeCheckpoint(checkpoint), ...linearArtifacts() })

    /** Two optimizer steps on drawn values; the parameters afterwards, and what AdamW in float64 makes of `start`. */
    async function trainTwice(session: OfficialTrainingSession, start: AdamwState, seed: number) {
      const random = Random.from(seed, 'feeds')
      for (let step = 0; step < 2; step++) {
        const x = draw(random, linearShapes.x)
        const k = draw(random, linearShapes.k)
        await session.runTrainStep({
          x: new ort.Tensor('float32', x.data, linearShapes.x),
          k: new ort.Tensor('float32', k.data, linearShapes.k),
        })
        await session.runOptimizerStep()
        await session.lazyResetGrad()
        stepByHand(start, gradients(x.data, k.data))
      }
      const trained = [...(await session.getContiguousParameters(true)).data]
      await session.release()
      return { trained, byHand: start.parameters }
    }

    it('goes on from the step and the moments in the file', async () => {
      const checkpoint = drawCheckpoint(1, 7)
      const session = await createSession(checkpoint)
      expect(session.trainingInputNames).toEqual(['x', 'k'])
      const { trained, byHand } = await trainTwice(session, adamwState(checkpoint), 1)
      expect(largestDifference(trained, byHand)).toBeLessThan(2e-7)
    })

    it('does so measurably: without the moments, or with another step, the same comparison fails', async () => {
      const checkpoint = drawCheckpoint(1, 7)
      for (const wrong of [{ first: [0], second: [0] }, { step: 0 }]) {
        const state = adamwState(checkpoint)
        if (wrong.first) state.first.fill(0)
        if (wrong.second) state.second.fill(0)
        const { trained, byHand } = await trainTwice(
          await createSession(checkpoint),
          { ...state, step: wrong.step ?? state.step },
          1,
        )
        expect(largestDifference(trained, byHand)).toBeGreaterThan(1e-4)
      }
    })

    it('starts from zero where there is no optimizer state, or a step without moments', async () => {
      for (const optimizer of [
        null,
        { group: 'group0', step: 3, initialLearningRate: 0.5, moments: new Map() } as const,
      ]) {
        const checkpoint = { ...drawCheckpoint(2, 0), optimizer }
        const { trained, byHand } = await trainTwice(await createSession(checkpoint), adamwState(checkpoint), 2)
        expect(largestDifference(trained, byHand)).toBeLessThan(2e-7)
      }
    })

    it('loads with tensors of every data type it has, scalars and empty ones among them, and properties of every type', async () => {
      const checkpoint = drawCheckpoint(3, 1)
      // float16 is part of the format, but this build of the runtime was made without it.
      for (const type of allDataTypes.filter(type => type !== 'float16')) {
        checkpoint.frozen.set(`unused.${type}`, zeros(type, [3]))
        checkpoint.frozen.set(`unused.${type}.scalar`, zeros(type, []))
        checkpoint.frozen.set(`unused.${type}.empty`, zeros(type, [0, 2]))
      }
      checkpoint.properties.set('epoch', 12n).set('best', 0.25).set('groups', '{"größe": 1}')
      const session = await createSession(checkpoint)
      expect(await session.getParametersSize(true)).toBe(8)
      const expected = [...checkpoint.trainable.values()].flatMap(parameter => [...(parameter.data as Float32Array)])
      expect([...(await session.getContiguousParameters(true)).data]).toEqual(expected)
      await session.release()
    })
  },
)

interface AdamwState {
  step: number
  readonly parameters: number[]
  readonly first: number[]
  readonly second: number[]
}

function draw(random: Random, dims: readonly number[], scale = 1): Tensor<'float32'> {
  const { data } = zeros('float32', dims)
  return tensor(
    'float32',
    dims,
    data.map(() => scale * random.normal()),
  )
}

function drawCheckpoint(seed: number, step: number): Checkpoint {
  const random = Random.from(seed, 'checkpoint')
  const trainable = new Map<string, Tensor>()
  const moments = new Map<string, Moments>()
  for (const name of ['w', 'b'] as const) {
    trainable.set(name, draw(random, linearShapes[name]))
    const first = draw(random, linearShapes[name], 0.5)
    const second = draw(random, linearShapes[name], 0.5)
    moments.set(name, { first, second: { ...second, data: second.data.map(value => value * value) } })
  }
  const optimizer = { group: 'group0', step, initialLearningRate: adamw.learningRate, moments } as const
  return { trainable, frozen: new Map(), optimizer, properties: new Map() }
}

function adamwState({ trainable, optimizer }: Checkpoint): AdamwState {
  const flat = (tensors: Iterable<Tensor>) => [...tensors].flatMap(({ data }) => [...(data as Float32Array)])
  const parameters = flat(trainable.values())
  const moments = [...(optimizer?.moments.values() ?? [])]
  const zero = parameters.map(() => 0)
  return {
    step: optimizer?.step ?? 0,
    parameters,
    first: moments.length > 0 ? flat(moments.map(pair => pair.first)) : [...zero],
    second: moments.length > 0 ? flat(moments.map(pair => pair.second)) : [...zero],
  }
}

/** Of w (`xT k`), then of b (the column sums of k). */
function gradients(x: ArrayLike<number>, k: ArrayLike<number>): number[] {
  const result: number[] = []
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 2; column++) result.push(x[row]! * k[column]! + x[3 + row]! * k[2 + column]!)
  }
  return [...result, k[0]! + k[2]!, k[1]! + k[3]!]
}

/** AdamW as Loshchilov and Hutter's decoupled decay has it, in float64. */
function stepByHand(state: AdamwState, gradient: readonly number[]): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = adamw
  state.step++
  gradient.forEach((g, i) => {
    state.first[i] = beta1 * state.first[i]! + (1 - beta1) * g
    state.second[i] = beta2 * state.second[i]! + (1 - beta2) * g * g
    const first = state.first[i]! / (1 - beta1 ** state.step)
    const second = state.second[i]! / (1 - beta2 ** state.step)
    const decayed = state.parameters[i]! * (1 - learningRate * weightDecay)
    state.parameters[i] = decayed - (learningRate * first) / (Math.sqrt(second) + epsilon)
  })
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length)
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))
}
