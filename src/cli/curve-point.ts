import type { CurvePoint } from '../eval/curve-panels.js'
import type { EpochRow } from '../training/run/epoch-row.js'

/** A row of a run's metrics as a point of its curve. */
export function curvePoint(row: EpochRow): CurvePoint {
  const [low, high] = [measured(row.valAccuracyLow), measured(row.valAccuracyHigh)]
  return {
    epoch: Number(row.epoch),
    trainLoss: measured(row.trainLoss),
    trainAccuracy: measured(row.trainAccuracy),
    valLoss: measured(row.valMse),
    valAccuracy: measured(row.valAccuracy),
    valInterval: low === null || high === null ? null : [low, high],
    best: row.best === true,
  }
}

function measured(value: number | boolean | null): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
