import { afterEach, expect, test } from 'vitest'
import { TrainingSession } from '../../src/training/session/training-session.js'
import { blockSize } from '../support/blocked-runtime.js'
import { goldenExp9Artifacts } from '../support/exp9-golden.js'
import {
  compareGradients,
  exp9Batch,
  loadExp9Adamw,
  loadExp9Step,
  norm,
  sketchErrorNorm,
} from '../support/golden-sketch.js'

let session: TrainingSession | undefined
afterEach(() => session?.release())

/** The largest difference, relative to the largest golden number. */
function relativeDifference(values: ArrayLike<number>, golden: readonly number[]): number {
  const scale = Math.max(...golden.map(Math.abs))
  return Math.max(...golden.map((value, i) => Math.abs(values[i]! - value))) / scale
}

const lowerings = ['standard', ...(blockSize ? (['blocked'] as const) : [])] as const

test.each(lowerings)(
  '%s: one exp9 training step has the loss and the gradients that PyTorch computes in float64',
  async lowering => {
    const golden = loadExp9Step()
    session = await TrainingSession.load(goldenExp9Artifacts(1e-4), { lowering })
    expect(session.lowering).toBe(lowering)
    const { loss, position } = await session.runTrainStep(exp9Batch(golden))
    expect(Math.abs((loss!.data[0] as number) - golden.loss) / golden.loss).toBeLessThan(1e-6)
    expect(relativeDifference(position!.data as Float32Array, golden.position)).toBeLessThan(1e-5)

    const gradients = new Map([...session.gradients()].map(([name, { data }]) => [name, data]))
    const { worst, worstName, median } = compareGradients(golden, gradients)
    expect(worst, worstName).toBeLessThan(5e-3)
    expect(median).toBeLessThan(1e-4)

    const parameters = session.parameters()
    for (const { name, sketches, norm: own } of golden.state) {
      expect(sketchErrorNorm(name, parameters.get(name)!.data as Float32Array, sketches) / own, name).toBeLessThan(1e-5)
    }
  },
)

test.each(lowerings)(
  '%s: ten AdamW steps at 1e-4 and 1e-3 follow the losses that PyTorch computes in float64',
  async lowering => {
    const golden = loadExp9Adamw()
    session = await TrainingSession.load(goldenExp9Artifacts(golden.weightDecay), { lowering })
    const batch = exp9Batch(loadExp9Step())
    const start = session.parameters()
    for (const [step, expected] of golden.losses.entries()) {
      const { loss } = await session.runStep(batch, golden.learningRates)
      expect(Math.abs((loss!.data[0] as number) - expected) / expected, `step ${step + 1}`).toBeLessThan(1e-4)
    }
    const end = session.parameters()
    for (const group of ['correlation', 'refinement'] as const) {
      const names = [...end.keys()].filter(name =>
        name.startsWith(group === 'correlation' ? 'spatial_correlation.' : 'refinement.'),
      )
      const change = Math.hypot(
        ...names.map(name =>
          norm(
            (end.get(name)!.data as Float32Array).map(
              (value, i) => value - (start.get(name)!.data as Float32Array)[i]!,
            ),
          ),
        ),
      )
      expect(change / golden.groups[group].changeNorm).toBeCloseTo(1, 2)
    }
  },
)
