import { type Paint, painter } from './color.js'
import type { Io } from './io.js'
import { barLine, type Progress, plainLine } from './progress-format.js'

/** What a long piece of work tells while it runs. */
export type ProgressEvent =
  | ({ readonly type: 'advance' } & Progress)
  /** A line that stays: the result of an epoch, a warning. */
  | { readonly type: 'note'; readonly text: string }
  /** The work is over, well or not. */
  | { readonly type: 'end' }

/** Shows events on stderr as they come. It has no timers: a computing main thread would not serve them. */
export type ProgressDisplay = (event: ProgressEvent) => void

/** A bar is redrawn at most this often, in milliseconds. */
const REDRAW_MS = 100
/** Without a terminal, a line at most this often. */
const PLAIN_LINE_MS = 15_000
/** Clears what an earlier, longer line left behind. Text is written over the old one first, so that nothing flickers. */
const CLEAR_REST = '\u001b[K'

/** A bar on a terminal, a line now and then elsewhere, nothing with `--quiet`. */
export function progressDisplay(io: Io, options: { quiet: boolean; color: boolean }): ProgressDisplay {
  if (options.quiet) return () => {}
  if (io.stderr.isTTY !== true || io.env.TERM === 'dumb') return plainDisplay(io)
  return barDisplay(io, painter(io.stderr, options.color ? io.env : { NO_COLOR: '1' }))
}

function barDisplay(io: Io, paint: Paint): ProgressDisplay {
  const left = timeLeft(io)
  let drawn = ''
  let drawnAt = Number.NEGATIVE_INFINITY
  return event => {
    if (event.type === 'advance') {
      const leftMs = left(event)
      if (io.now() - drawnAt < REDRAW_MS && event.done < event.total) return
      // The last column stays empty: a character there makes some terminals wrap.
      const line = barLine(event, leftMs, (io.stderr.columns ?? 80) - 1, paint)
      drawnAt = io.now()
      if (line === drawn) return
      drawn = line
      io.stderr.write(`\r${line}${CLEAR_REST}`)
    } else if (event.type === 'note') {
      io.stderr.write(`\r${event.text}${CLEAR_REST}\n${drawn}`)
    } else if (drawn !== '') {
      drawn = ''
      io.stderr.write(`\r${CLEAR_REST}`)
    }
  }
}

function plainDisplay(io: Io): ProgressDisplay {
  const left = timeLeft(io)
  let printedAt = Number.NEGATIVE_INFINITY
  return event => {
    if (event.type === 'note') io.stderr.write(`${event.text}\n`)
    if (event.type !== 'advance') return
    const leftMs = left(event)
    if (io.now() - printedAt < PLAIN_LINE_MS && event.done < event.total) return
    printedAt = io.now()
    io.stderr.write(`${plainLine(event, leftMs)}\n`)
  }
}

/** Estimates the time left from the pace since the first event, which a resumed work reports in its middle. */
function timeLeft(io: Io): (progress: Progress) => number | undefined {
  let first: { readonly done: number; readonly at: number } | undefined
  return ({ done, total }) => {
    first ??= { done, at: io.now() }
    if (done <= first.done) return undefined
    return ((io.now() - first.at) / (done - first.done)) * (total - done)
  }
}
