import type { ReportRun, RunResult } from '../../src/eval/report-run.js'
import { wilsonInterval } from '../../src/location-metrics.js'
import { curvePoint } from './curve-points.js'

/** How a test came out: so many of n pieces right. */
export function testMetrics(right: number, n: number): RunResult['test'] {
  return {
    n,
    cellAccuracy: right / n,
    cellAccuracyInterval: wilsonInterval(right, n),
    mse: 0.0189,
    meanDistance: 0.121,
    medianDistance: 0.071,
  }
}

/** A result of so many of n pieces; guessing finds a quarter, mean color 30%. */
export function runResult(right: number, n = 400): RunResult {
  return {
    seconds: 125,
    bestEpoch: 2,
    pictures: { from: 'embedded', train: 8, val: 2, test: n / 4 },
    test: testMetrics(right, n),
    baselines: { chance: 0.25, meanColor: testMetrics(0.3 * n, n) },
  }
}

/** A run of three epochs, of which the second was the best. */
export function reportRun(name: string, change: Partial<ReportRun> = {}): ReportRun {
  const curve = [1, 2, 3].map(epoch => curvePoint(epoch, { valAccuracy: epoch === 2 ? 0.6 : 0.4, best: epoch < 3 }))
  return {
    name,
    path: `runs/${name}`,
    config: { preset: 'quick', epochs: 3, grid: { rows: 2, cols: 2 }, seed: 1, embedded: { size: 64, train: 8 } },
    environment: { node: '20.0.0', startedAt: name },
    curve,
    epochs: curve.map(({ epoch, trainLoss, best }) => ({ epoch, trainLoss, best })),
    result: runResult(320),
    sheets: { predictions: [], batch: null },
    problems: [],
    ...change,
  }
}
