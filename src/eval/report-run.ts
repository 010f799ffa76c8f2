import { formatGrid, isSide } from '../image/grid.js'
import type { LocationMetrics } from '../location-metrics.js'
import type { CurvePoint } from './curve-panels.js'

/** Values by name, from a file that may be of another version. */
export type Facts = Readonly<Record<string, unknown>>

/** What came out of a run that has come to its end. */
export interface RunResult {
  readonly seconds: number
  /** The epoch whose weights were tested. */
  readonly bestEpoch: number
  readonly pictures: { readonly from: string; readonly train: number; readonly val: number; readonly test: number }
  readonly test: LocationMetrics
  readonly baselines: { readonly chance: number; readonly meanColor: LocationMetrics }
}

/** A picture for the page. */
export interface Sheet {
  readonly title: string
  /** A `data:` address. */
  readonly source: string
  readonly width: number
  readonly height: number
}

/** A run as a report tells it. What a run does not have is null or empty. */
export interface ReportRun {
  readonly name: string
  readonly path: string
  readonly config: Facts
  readonly environment: Facts | null
  /** In the order of the epochs. */
  readonly curve: readonly CurvePoint[]
  /** The same epochs with all that was measured. */
  readonly epochs: readonly Readonly<Record<string, number | boolean | null>>[]
  /** Null where the run has not come to its end. */
  readonly result: RunResult | null
  readonly sheets: { readonly predictions: readonly Sheet[]; readonly batch: Sheet | null }
  /** What could not be read: one sentence each. */
  readonly problems: readonly string[]
}

/** `finished`, or how far it came: whether it still goes on, its folder does not say. */
export function stateOf({ result, curve, config }: ReportRun): string {
  if (result) return 'finished'
  const done = curve.at(-1)?.epoch ?? 0
  return typeof config.epochs === 'number'
    ? `unfinished: epoch ${done} of ${config.epochs}`
    : `unfinished: epoch ${done}`
}

/** The accuracy of guessing, by the run's result, else its grid; null where neither tells. */
export function chanceOf({ result, config }: ReportRun): number | null {
  if (result) return result.baselines.chance
  const { rows, cols } = (config.grid ?? {}) as Facts
  return isSide(rows) && isSide(cols) ? 1 / (rows * cols) : null
}

/** The last epoch that was the best so far, with its validation; undefined where nothing was validated. */
export function bestPoint({ curve }: ReportRun): CurvePoint | undefined {
  return curve.findLast(point => point.best && point.valAccuracy !== null)
}

/** One name and what each run has for it, as text; null where a run has nothing. */
export interface FactRow {
  readonly name: string
  readonly values: readonly (string | null)[]
}

/** Facts of several runs side by side, in the order in which they first appear. */
export function factRows(facts: readonly (Facts | null)[]): FactRow[] {
  const flat = facts.map(each => new Map(each ? flatten(each) : []))
  const names = new Set(flat.flatMap(each => [...each.keys()]))
  return [...names].map(name => ({ name, values: flat.map(each => each.get(name) ?? null) }))
}

/** Whether the runs have different values. */
export function differs({ values }: FactRow): boolean {
  return values.some(value => value !== values[0])
}

/** `embedded: { size: 192 }` as `embedded.size: 192`, a grid as `2x2`. */
function flatten(facts: Facts, prefix = ''): [name: string, value: string][] {
  return Object.entries(facts).flatMap(([key, value]) => {
    const nested = prefix === '' && isFacts(value) && !isGrid(value)
    return nested ? flatten(value, `${key}.`) : [[`${prefix}${key}`, wordsOf(value)] as [string, string]]
  })
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? value.map(wordsOf).join(' ') : 'none'
  if (isGrid(value)) return formatGrid(value)
  return isFacts(value) ? JSON.stringify(value) : String(value)
}

function isFacts(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isGrid(value: unknown): value is { rows: number; cols: number } {
  return isFacts(value) && isSide(value.rows) && isSide(value.cols) && Object.keys(value).length === 2
}
