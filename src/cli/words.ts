import type { LocationMetrics } from '../location-metrics.js'

/** 0.715 as `71.5%`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`
}

/** `71.5% (95% interval 67.4% to 75.2%)`. */
export function accuracyWords({ cellAccuracy, cellAccuracyInterval: [low, high] }: LocationMetrics): string {
  return `${percent(cellAccuracy)} (95% interval ${percent(low)} to ${percent(high)})`
}

/** A whole number with commas between thousands: `2,001,891`. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `1 picture`, `2 pictures`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** A text as one word of a shell's command line. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
