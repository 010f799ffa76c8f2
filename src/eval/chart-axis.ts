/** An axis of a chart: what is where, and which values are written beside it. */
export interface Axis {
  readonly ticks: readonly number[]
  /** Where a value lies between the ends of the axis, 0 .. 1; beyond them for values that the axis does not hold. */
  readonly place: (value: number) => number
  readonly label: (value: number) => string
}

/** Values that differ by more than this factor are told apart on a logarithmic axis only. */
const LOG_RATIO = 30
/** Losses beyond these are drawn at the edge: no axis could show them beside others. */
const SMALLEST = 1e-30
/** Where an axis of shares ends at the least. */
const SMALLEST_SHARE = 0.01
/** Numbers of ticks that are neither sparse nor crowded. */
const TICKS = 5
const EPOCH_TICKS = 7

/** An axis of whole numbers from the first to the last; of a single one in its middle. */
export function epochAxis(first: number, last: number): Axis {
  const step = Math.max(1, niceStep((last - first) / EPOCH_TICKS))
  const ticks = multiples(step, first, last)
  const middle = first === last
  return {
    ticks: ticks.length > 0 ? ticks : [first],
    place: value => (middle ? 0.5 : (value - first) / (last - first)),
    label: value => value.toLocaleString('en-US'),
  }
}

/** An axis of shares: from 0 to 100%, or to a little above the highest where all are small. */
export function shareAxis(values: readonly number[]): Axis {
  const highest = values.reduce((a, b) => Math.max(a, b), SMALLEST_SHARE)
  const axis = linearAxis(highest > 0.5 ? 1 : 1.15 * highest)
  return { ...axis, label: value => `${trimmed(100 * value)}%` }
}

/** An axis of losses: from 0, or logarithmic where they differ by orders of magnitude. */
export function lossAxis(values: readonly number[]): Axis {
  const positive = values.filter(value => value > SMALLEST && value < 1 / SMALLEST)
  if (positive.length === 0) return linearAxis(1)
  const low = positive.reduce((a, b) => Math.min(a, b))
  const high = positive.reduce((a, b) => Math.max(a, b))
  return high / low > LOG_RATIO ? logAxis(low, high) : linearAxis(high)
}

/** From 0 to the next tick at or above the highest value. */
function linearAxis(highest: number): Axis {
  const step = niceStep(highest / TICKS)
  const top = step * Math.ceil(highest / step - 1e-9)
  return { ticks: multiples(step, 0, top), place: value => value / top, label: trimmed }
}

/** Between powers of ten, at each of them, and at twice and five times each where there are few. */
function logAxis(low: number, high: number): Axis {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  const steps = last - first <= 2 ? [1, 2, 5] : [1]
  const every = Math.max(1, Math.ceil((last - first) / TICKS))
  const ticks = []
  for (let power = first; power <= last; power += every) {
    for (const step of steps) if (power < last || step === 1) ticks.push(Number(`${step}e${power}`))
  }
  return {
    ticks,
    place: value => (value > 0 ? Math.max(0, (Math.log10(value) - first) / (last - first)) : 0),
    label: trimmed,
  }
}

/** The smallest of 1, 2, 5, 10, 20, ... (and their tenths) that is not less than a number. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= least * (1 - 1e-9)) ?? power
}

function multiples(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step - 1e-9)
  const count = Math.floor(high / step + 1e-9) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** A number without digits that say nothing: 0.05, 20, 1e-6. */
function trimmed(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential().replace('e+', 'e')
  return String(Number(value.toPrecision(6)))
}
