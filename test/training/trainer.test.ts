import { expect, test } from 'vitest'
import { BatchLoader } from '../../src/data/batch-loader.node.js'
import { type Tensor, tensor } from '../../src/tensor.js'
import { firstPosition, type TrainingPosition } from '../../src/training/position.js'
import { positionProperties, readPosition, withoutPosition } from '../../src/training/run/position-properties.js'
import type { Feeds, TrainingSession } from '../../src/training/session/training-session.js'
import { type EpochEvent, type TrainerContext, type TrainingEvent, train } from '../../src/training/trainer.js'
import { memoryPictures } from '../support/memory-pictures.js'
import { smallConfig } from '../support/small-training.js'

const config = { ...smallConfig, pieceSize: 32, puzzleSize: 32, epochs: 3 }

/** A session whose state is one number: of each step's first targets. `broken` tells what a step gives. */
function fakeSession(state = 1, broken: (step: number) => Record<string, Tensor> = () => ({})) {
  let steps = 0
  const answer = ({ target }: Feeds): Record<string, Tensor> => {
    const data = (target!.data as Float32Array).map(value => (value + state) % 1)
    return {
      loss: tensor('float32', [], Float32Array.of(state / 10)),
      position: tensor('float32', target!.dims, data),
      attention: tensor('float32', [1], Float32Array.of(1)),
    }
  }
  const runTrainStep = async (feeds: Feeds) => {
    steps++
    const outputs = { ...answer(feeds), ...broken(steps) }
    const [first, second] = feeds.target!.data as Float32Array
    state = (0.7 * state + first! + second! * 0.3) % 1
    return outputs
  }
  const session = {
    runTrainStep,
    runStep: runTrainStep,
    runEvalStep: async (feeds: Feeds) => answer(feeds),
    runOptimizerStep: async () => ({ gradientNorm: 1 }),
    lazyResetGrad: async () => {},
    setFrozen: async () => {},
  }
  return { session: session as unknown as TrainingSession, state: () => state }
}

/** Trains until `stopAt`, a count of steps; without times, which a clock that stands still leaves at zero. */
async function run(
  fake: ReturnType<typeof fakeSession>,
  {
    from,
    stopAt = Number.POSITIVE_INFINITY,
    ...more
  }: { from?: TrainingPosition; stopAt?: number } & Partial<TrainerContext>,
) {
  const source = memoryPictures(10)
  const loader = BatchLoader.create({
    ...{ source, workers: 0, ahead: 1, cacheBytes: 1e7 },
    ...{ grid: config.grid, pieceSize: 32, puzzleSize: 32 },
  })
  const events: TrainingEvent[] = []
  let [steps, position] = [0, from ?? firstPosition]
  const finished = await train(config, {
    session: fake.session,
    loader,
    pictures: { train: { first: 2, count: 8 }, val: { first: 0, count: 2 } },
    now: () => 0,
    onEvent: event => void events.push(event),
    ...(from && { from }),
    onPosition: async reached => {
      position = reached
      return ++steps >= stopAt
    },
    ...more,
  })
  await loader.close()
  return { finished, events, position, epochs: events.filter((event): event is EpochEvent => event.type === 'epoch') }
}

test('a training that is stopped anywhere and gone on with gives the same events and the same state', async () => {
  const whole = fakeSession()
  const { events, finished, epochs } = await run(whole, {})
  expect(finished).toBe(true)
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
  expect(events.filter(({ type }) => type === 'step')).toHaveLength(12)
  for (const stopAt of [1, 3, 4, 6, 11]) {
    const first = fakeSession()
    const stopped = await run(first, { stopAt })
    expect(stopped.finished).toBe(false)
    const checkpoint = { trainable: new Map(), frozen: new Map(), optimizer: null }
    const properties = positionProperties(stopped.position, config)
    const position = readPosition({ ...checkpoint, properties }, 'a checkpoint')
    expect(position).toEqual(stopped.position)
    expect(withoutPosition({ ...checkpoint, properties }).properties.size).toBe(0)
    const second = fakeSession(first.state())
    const rest = await run(second, { from: position })
    expect([...stopped.events, ...rest.events]).toEqual(events)
    expect(second.state()).toBe(whole.state())
  }
})

test('a validation is given up when the training is to stop, and done again later', async () => {
  let asked = 0
  const fake = fakeSession()
  const stopped = await run(fake, { stopping: async () => ++asked === 1 })
  expect(stopped.finished).toBe(false)
  expect(stopped.epochs).toEqual([])
  expect(stopped.position).toMatchObject({ epoch: 0, step: 4 })
  const rest = await run(fakeSession(fake.state()), { from: stopped.position })
  expect(rest.epochs).toEqual((await run(fakeSession(), {})).epochs)
})

test.each([
  ['a loss that is no number', { loss: Number.NaN }, /^Expected a loss of at most 25 after step 6 but received NaN\.$/],
  ['an infinite loss', { loss: Number.POSITIVE_INFINITY }, /after step 6 but received Infinity\.$/],
  ['a loss that explodes', { loss: 26 }, /^Expected a loss of at most 25 after step 6 but received 26\.$/],
  ['attention that is no number', { attention: Number.NaN }, /^Expected finite attention after step 6/],
])('%s stops it and names the step', async (_, values, message) => {
  const outputs = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, tensor('float32', [1], Float32Array.of(value))]),
  )
  const diverged = run(
    fakeSession(1, step => (step === 6 ? outputs : {})),
    {},
  )
  await expect(diverged).rejects.toMatchObject({ code: 'E_DIVERGED', message: expect.stringMatching(message) })
})

test('given batches are the same in every epoch', async () => {
  const plan = {
    puzzles: [3],
    pieces: [0, 1, 2, 3].map(cell => ({ puzzle: 0, cell, sample: cell })),
    range: { first: 2, count: 8 },
  }
  const { events } = await run(fakeSession(), { batches: [plan] })
  expect(events.filter(({ type }) => type === 'step')).toHaveLength(3)
})
