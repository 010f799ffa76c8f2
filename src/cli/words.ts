import type { LocationMetrics } from '../location-metrics.js'
import { percent } from '../number-words.js'

/** `71.5% (95% interval 67.4% to 75.2%)`. */
export function accuracyWords({ cellAccuracy, cellAccuracyInterval: [low, high] }: LocationMetrics): string {
  return `${percent(cellAccuracy)} (95% interval ${percent(low)} to ${percent(high)})`
}

/** A text as one word of a shell's command line. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
