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

/** What {@link readRows} found. */
export interface ReadRows {
  /** By epoch, each once: the last row of an epoch counts, which a run that went on has written. */
  readonly rows: readonly EpochRow[]
  /** Lines that are no rows: cut off as a run was killed, or written by something else. */
  readonly unreadable: number
}

/** Reads `metrics.jsonl`, whatever has become of it: numbers that cannot be are null. */
export function readRows(text: string): ReadRows {
  const rows = new Map<number, EpochRow>()
  let unreadable = 0
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const row = readRow(line)
    if (row) rows.set(row.epoch as number, row)
    else unreadable++
  }
  return { rows: [...rows.values()].sort((a, b) => Number(a.epoch) - Number(b.epoch)), unreadable }
}

function readRow(line: string): EpochRow | undefined {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null) return undefined
  const cells = columns.map(column => [column, readCell(column, (value as Record<string, unknown>)[column])] as const)
  const row = Object.fromEntries(cells) as EpochRow
  return Number.isSafeInteger(row.epoch) && Number(row.epoch) >= 1 ? row : undefined
}

function readCell(column: (typeof columns)[number], value: unknown): EpochRow[typeof column] {
  if (column === 'best') return value === true
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null
  return value > 1 && column.includes('Accuracy') ? null : value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
