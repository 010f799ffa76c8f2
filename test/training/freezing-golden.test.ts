import { afterEach, expect, test } from 'vitest'
import type { Tensor } from '../../src/tensor.js'
import { frozenPatterns } from '../../src/training/frozen-patterns.js'
import { TrainingSession, type TrainingSessionOptions } from '../../src/training/session/training-session.js'
import { goldenExp9Artifacts } from '../support/exp9-golden.js'
import {
  type Exp9FreezingRun,
  type Exp9Group,
  exp9Batch,
  loadExp9Adamw,
  loadExp9Freezing,
  loadExp9Step,
  norm,
} from '../support/golden-sketch.js'

const { learningRates, weightDecay } = loadExp9Adamw()
const golden = loadExp9Freezing()
const batch = exp9Batch(loadExp9Step())
const tolerance = 1e-4

let session: TrainingSession | undefined
afterEach(() => session?.release())

const load = (options: TrainingSessionOptions): Promise<TrainingSession> =>
  TrainingSession.load(goldenExp9Artifacts(weightDecay), options)

async function step(expected: number, label: string): Promise<void> {
  const { loss } = await session!.runStep(batch, learningRates)
  expectLoss(loss!, expected, label)
}

function expectLoss(loss: Tensor, expected: number, label: string): void {
  expect(Math.abs((loss.data[0] as number) - expected) / expected, label).toBeLessThan(tolerance)
}

/** The norm of what the parameters of a group changed by. */
function changeNorm(group: Exp9Group, before: ReadonlyMap<string, Tensor>, after: ReadonlyMap<string, Tensor>): number {
  const prefix = { backbone: /^p\w+_features\./, correlation: /^spatial_correlation\./, refinement: /^refinement\./ }
  const names = session!.checkpoint().trainable.keys()
  const changes = [...names]
    .filter(name => prefix[group].test(name))
    .map(name => {
      const old = before.get(name)!.data as Float32Array
      return norm((after.get(name)!.data as Float32Array).map((value, i) => value - old[i]!))
    })
  return Math.hypot(...changes)
}

function expectChanges(
  { groups }: Pick<Exp9FreezingRun, 'groups'>,
  before: ReadonlyMap<string, Tensor>,
  after: ReadonlyMap<string, Tensor>,
  kind: 'changeNorm' | 'averageChangeNorm' = 'changeNorm',
): void {
  for (const group of ['backbone', 'correlation', 'refinement'] as const) {
    const wanted = groups[group][kind]!
    if (wanted === 0) expect(changeNorm(group, before, after), group).toBe(0)
    else expect(changeNorm(group, before, after) / wanted, group).toBeCloseTo(1, 2)
  }
}

test('ten steps on a frozen backbone follow the losses that PyTorch computes in float64', async () => {
  session = await load({ frozen: frozenPatterns({ freezeBackbone: true, gradualUnfreeze: null }, 1) })
  const before = session.parameters()
  for (const [i, expected] of golden.frozen.losses.entries()) await step(expected, `step ${i + 1}`)
  expectChanges(golden.frozen, before, session.parameters())
})

test('ten steps across an unfreezing follow the losses that PyTorch computes in float64', async () => {
  const patterns = (epoch: number) => frozenPatterns({ freezeBackbone: false, gradualUnfreeze: [2] }, epoch)
  session = await load({ frozen: patterns(1) })
  const before = session.parameters()
  for (const [i, expected] of golden.unfreezing.losses.entries()) {
    if (i === 5) await session.setFrozen(patterns(2))
    await step(expected, `step ${i + 1}`)
  }
  expectChanges(golden.unfreezing, before, session.parameters())
})

test('layers whose batch-norms are frozen too pass on the gradients that PyTorch computes', async () => {
  session = await load({ frozen: [/_features\.[456]\./], batchNorm: 'frozen' })
  const before = session.parameters()
  for (const [i, expected] of golden.frozenStatistics.losses.entries()) await step(expected, `step ${i + 1}`)
  expectChanges(golden.frozenStatistics, before, session.parameters())
})

test('steps on the mean over two batches, clipped and averaged, are those of PyTorch', async () => {
  session = await load({ frozen: [/_features\./], clipNorm: 0.05, ema: 0.9 })
  const before = session.parameters()
  const { losses, gradientNorms } = golden.accumulated
  for (const [i, expected] of gradientNorms.entries()) {
    for (const half of [0, 1]) {
      const { loss } = await session.runTrainStep(halfOf(half))
      expectLoss(loss!, losses[2 * i + half]!, `batch ${2 * i + half + 1}`)
    }
    const { gradientNorm } = await session.runOptimizerStep(learningRates, { average: true })
    expect(gradientNorm! / expected).toBeCloseTo(1, 3)
    await session.lazyResetGrad()
  }
  expectChanges(golden.accumulated, before, session.parameters())
  expectChanges(golden.accumulated, before, session.averagedParameters(), 'averageChangeNorm')
})

/** One puzzle and its four pieces. */
function halfOf(half: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { type, dims, data }]) => {
      const length = data.length / 2
      return [
        name,
        { type, dims: [dims[0]! / 2, ...dims.slice(1)], data: data.slice(half * length, (half + 1) * length) },
      ]
    }),
  )
}
