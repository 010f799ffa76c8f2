import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const binary = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** How a process ended. */
export interface Ended {
  readonly status: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** Whether to send the signal now; asked every millisecond. */
export type Moment = () => boolean

/** Runs the built program, and sends it a signal at a moment, if that comes before its end. */
export function runBinary(
  args: readonly string[],
  options: { cwd: string; moment?: Moment; signal?: 'SIGKILL' | 'SIGINT' | 'SIGTERM' },
): Promise<Ended> {
  const { FORCE_COLOR, NO_COLOR, ...env } = process.env
  const child = spawn(process.execPath, [binary, ...args], { cwd: options.cwd, env })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  }
  const timer = setInterval(() => {
    if (!options.moment?.()) return
    clearInterval(timer)
    child.kill(options.signal ?? 'SIGKILL')
  }, 1)
  return new Promise(resolve =>
    child.once('close', (status, signal) => {
      clearInterval(timer)
      resolve({ status, signal, ...texts })
    }),
  )
}

/** A checkpoint is being written, the `count`th since: its temporary file is there. Those that an earlier kill left do not count. */
export function savingMoment(run: string, count = 1): Moment {
  const temporary = (): string[] => entries(join(run, 'checkpoints')).filter(name => name.endsWith('.tmp'))
  const seen = new Set(temporary())
  const end = seen.size + count
  return () => {
    for (const name of temporary()) seen.add(name)
    return seen.size >= end
  }
}

/** The `count`th epoch since has ended: its row is in the metrics, whose file has just grown. */
export function epochMoment(run: string, count = 1): Moment {
  const grown = growth(() => statOf(join(run, 'metrics.jsonl'))?.size ?? 0)
  let left = count
  return () => grown() && --left === 0
}

/** So many checkpoints have been written since. */
export function savedMoment(run: string, count: number): Moment {
  const changed = growth(() => statOf(join(run, 'checkpoints', 'last'))?.mtimeMs ?? 0)
  let left = count
  return () => changed() && --left === 0
}

/** A time has passed. */
export function timeMoment(milliseconds: number): Moment {
  const end = performance.now() + milliseconds
  return () => performance.now() >= end
}

/** Whether a number is greater than when last asked. It falls as a resumed run takes rows back. */
function growth(read: () => number): Moment {
  let last = read()
  return () => {
    const now = read()
    const grown = now > last
    last = now
    return grown
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false })
}
