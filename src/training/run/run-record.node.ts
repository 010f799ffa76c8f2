import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { LocatorError } from '../../errors.js'
import { type EpochRow, readRows } from './epoch-row.js'
import { runFiles } from './run-files.js'
import { parseRunSummary, type RunSummary } from './run-summary.js'

/** Everything that a run wrote down, finished or not; parts that are missing or damaged are null. */
export interface RunRecord {
  readonly path: string
  readonly name: string
  /** As it is in the file: another version's configuration is told as well. */
  readonly config: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, unknown>> | null
  readonly epochs: readonly EpochRow[]
  readonly summary: RunSummary | null
  /** Numbers that are trained, by group. */
  readonly parameters: Readonly<Record<string, unknown>> | null
  /** What could not be read: one sentence each. */
  readonly problems: readonly string[]
}

/** No run's text file is nearly as large; more is something else. */
const LARGEST_FILE = 64 * 2 ** 20
const DEEPEST = 10

/**
 * Reads what a run's folder tells, however little that is.
 *
 * @throws E_INPUT where the folder is no run: it has no configuration that can be read
 */
export async function readRunRecord(path: string): Promise<RunRecord> {
  const problems: string[] = []
  const read = async <T>(name: string, parse: (text: string) => T): Promise<T | null> => {
    try {
      const text = await readText(join(path, name))
      return text === undefined ? null : parse(text)
    } catch (error) {
      if (!(error instanceof LocatorError)) throw error
      problems.push(error.message)
      return null
    }
  }
  const object = (name: string) => read(name, text => parseObject(text, join(path, name)))
  const config = await object(runFiles.config)
  if (config === null) {
    throw new LocatorError('E_INPUT', problems[0] ?? `${path} is no run: it holds no ${runFiles.config}.`, {
      hint: 'A run is a folder that "piece-locator train" wrote.',
    })
  }
  const metrics = await read(runFiles.metricsJsonl, readRows)
  if (metrics && metrics.unreadable > 0) {
    problems.push(`${join(path, runFiles.metricsJsonl)} has lines that cannot be read: ${metrics.unreadable}.`)
  }
  return {
    path,
    name: basename(resolve(path)),
    config,
    environment: await object(runFiles.environment),
    epochs: metrics?.rows ?? [],
    summary: await read(runFiles.summary, text => parseRunSummary(text, join(path, runFiles.summary))),
    parameters: await object(runFiles.parameters),
    problems,
  }
}

/** The folders within a folder that hold a run, in the order of their names, which begin with the day. */
export async function listRuns(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch((): string[] => [])).sort(byNumber)
  const runs = await Promise.all(
    names.map(async name => {
      const config = await stat(join(folder, name, runFiles.config)).catch(() => undefined)
      return config?.isFile() ? [join(folder, name)] : []
    }),
  )
  return runs.flat()
}

/** `quick-2` before `quick-10`. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** A file's text; undefined where there is none. @throws E_INPUT where it cannot be read */
async function readText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path)
    if (size > LARGEST_FILE) throw new LocatorError('E_INPUT', `${path} is too large: ${size} bytes.`)
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof LocatorError) throw cause
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined
    throw new LocatorError('E_INPUT', `Cannot read ${path}: ${(cause as Error).message.split(',')[0]}.`, { cause })
  }
}

function parseObject(text: string, where: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Told below, like every other text that is no object.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isDeep(value)) return { ...value }
  throw new LocatorError('E_INPUT', `${where} is damaged: it is no JSON object.`)
}

/** Deeper than any file of a run: showing it would exhaust the stack. */
function isDeep(value: object): boolean {
  let level: object[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true
    level = level.flatMap(part => Object.values(part)).filter(part => typeof part === 'object' && part !== null)
  }
  return false
}
