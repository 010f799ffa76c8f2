import type { EpochEvent } from '../trainer.js'

/** An epoch as one row of the metrics files; null where nothing was measured. */
export type EpochRow = Readonly<Record<(typeof columns)[number], number | boolean | null>>

const columns = [
  'epoch',
  'backboneLr',
  'headLr',
  'trainLoss',
  'trainAccuracy',
  'valN',
  'valAccuracy',
  'valAccuracyLow',
  'valAccuracyHigh',
  'valMse',
  'valMeanDistance',
  'valMedianDistance',
  'best',
  'seconds',
  'dataMs',
  'stepMs',
] as const

/** The first line of `metrics.csv`. */
export const csvHeader = `${columns.join(',')}\n`

/** Flattens an epoch's event. */
export function epochRow({ type, val, ...event }: EpochEvent): EpochRow {
  return {
    ...event,
    valN: val?.n ?? null,
    valAccuracy: val?.cellAccuracy ?? null,
    valAccuracyLow: val?.cellAccuracyInterval[0] ?? null,
    valAccuracyHigh: val?.cellAccuracyInterval[1] ?? null,
    valMse: val?.mse ?? null,
    valMeanDistance: val?.meanDistance ?? null,
    valMedianDistance: val?.medianDistance ?? null,
  }
}

/** A row as a line of CSV; what was not measured is empty. */
export function csvLine(row: EpochRow): string {
  return `${columns.map(column => row[column] ?? '').join(',')}\n`
}

/** A row as a line of JSON. */
export function jsonLine(row: EpochRow): string {
  return `${JSON.stringify(Object.fromEntries(columns.map(column => [column, row[column]])))}\n`
}
