import { formatDuration } from '../number-words.js'
import type { Paint } from './color.js'

/** How far a long piece of work has come. */
export interface Progress {
  /** What is going on: `epoch 3/40`. */
  readonly label: string
  /** Units of the whole work, as steps of a training. */
  readonly done: number
  readonly total: number
  readonly loss?: number
  /** Cell accuracy, 0 .. 1. */
  readonly accuracy?: number
  /** Milliseconds that the last step waited for its batch. */
  readonly dataMs?: number
  /** Milliseconds that the last step computed. */
  readonly stepMs?: number
}

/** Lengths of the bar: a few, so that it does not change with every digit of the loss. */
const BARS = [30, 20, 10]
const SHORTEST_BAR = BARS.at(-1)!
const GAP = '  '

/** One line with a bar, never wider than `width` characters: details go first where there is no room. */
export function barLine(progress: Progress, leftMs: number | undefined, width: number, paint: Paint): string {
  const percent = `${percentOf(progress)}%`.padStart(4)
  const parts = details(progress, leftMs)
  const lengthOf = (count: number) =>
    percent.length + 1 + parts.slice(0, count).reduce((sum, part) => sum + GAP.length + part.length, 0)
  let count = parts.length
  while (count > 0 && lengthOf(count) + SHORTEST_BAR > width) count--
  const bar = BARS.find(length => lengthOf(count) + length <= width) ?? 0
  const full = Math.round((bar * percentOf(progress)) / 100)
  const drawn = `${paint('green', '━'.repeat(full))}${paint('dim', '─'.repeat(bar - full))}`
  if (bar === 0) return percent.slice(0, width)
  return [`${percent} ${drawn}`, ...parts.slice(0, count)].join(GAP)
}

/** The same for files and pipes: every detail, no bar. */
export function plainLine(progress: Progress, leftMs: number | undefined): string {
  return [`${percentOf(progress)}% (${progress.done}/${progress.total})`, ...details(progress, leftMs)].join(GAP)
}

function percentOf({ done, total }: Progress): number {
  return total > 0 ? Math.floor((100 * Math.min(done, total)) / total) : 0
}

/** From what matters most to what can be left out first. */
function details({ label, loss, accuracy, dataMs, stepMs }: Progress, leftMs: number | undefined): string[] {
  return [
    label,
    leftMs !== undefined && `${formatDuration(leftMs)} left`,
    loss !== undefined && `loss ${loss.toPrecision(3)}`,
    accuracy !== undefined && `accuracy ${(100 * accuracy).toFixed(1)}%`,
    stepMs !== undefined && `step ${Math.round(stepMs)} ms`,
    dataMs !== undefined && `data wait ${Math.round(dataMs)} ms`,
  ].filter(part => part !== false)
}
