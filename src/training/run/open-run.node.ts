import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { PictureManifest } from '../../data/manifest.js'
import { readManifest } from '../../data/manifest.node.js'
import { expected, LocatorError } from '../../errors.js'
import { parseTrainingConfig, type TrainingConfig } from '../config.js'
import { runFiles, runsFolder } from './run-files.js'
import { parseRunSummary, type RunSummary } from './run-summary.js'

/** A run as its folder tells it, trained or not. */
export interface StartedRun {
  readonly path: string
  readonly name: string
  readonly config: TrainingConfig
  /** Null where pictures were drawn. */
  readonly manifest: PictureManifest | null
  /** Null where the run has not come to its end. */
  readonly summary: RunSummary | null
}

/** A run with something to use. */
export interface Run extends StartedRun {
  /** The checkpoint to use: the best, else the last. */
  readonly checkpoint: string
}

/**
 * Reads a run's folder.
 *
 * @throws E_INPUT where it is none, is damaged, or has no checkpoint yet; E_CONFIG where its configuration is another version's
 */
export async function openRun(path: string): Promise<Run> {
  const run = await openStartedRun(path)
  const checkpoint = await checkpointOf(path)
  if (checkpoint === undefined) {
    throw new LocatorError('E_INPUT', `The run ${path} has no checkpoint yet: nothing of it was saved.`)
  }
  return { ...run, checkpoint }
}

/**
 * Reads a run's folder, whether it has a checkpoint or not.
 *
 * @throws E_INPUT where it is none or is damaged; E_CONFIG where its configuration is another version's
 */
export async function openStartedRun(path: string): Promise<StartedRun> {
  const config = await readText(path, runFiles.config)
  if (config === undefined) {
    throw new LocatorError('E_INPUT', `${path} is no run: it holds no ${runFiles.config}.`, {
      hint: 'A run is a folder that "piece-locator train" wrote.',
    })
  }
  const summary = await readText(path, runFiles.summary)
  const present = await readdir(path)
  return {
    path,
    name: basename(resolve(path)),
    config: parseTrainingConfig(parseJson(config, join(path, runFiles.config))),
    manifest: present.includes(runFiles.pictures) ? await readManifest(join(path, runFiles.pictures)) : null,
    summary: summary === undefined ? null : parseRunSummary(summary, join(path, runFiles.summary)),
  }
}

/**
 * The folder of the run that was started last and has a checkpoint.
 *
 * @param folder where runs are
 * @throws E_INPUT where there is none
 */
export async function newestRun(folder: string = runsFolder): Promise<string> {
  const newest = await findNewest(folder, async path => (await checkpointOf(path)) !== undefined)
  if (newest !== undefined) return newest
  throw new LocatorError('E_INPUT', `There is no run with a checkpoint in the folder ${folder}.`, {
    hint: 'Train first, or say with --run where the run is.',
  })
}

/** The folder of the run that was started last. @param folder where runs are @throws E_INPUT where there is none */
export async function newestStartedRun(folder: string = runsFolder): Promise<string> {
  const newest = await findNewest(folder, async () => true)
  if (newest !== undefined) return newest
  throw new LocatorError('E_INPUT', `There is no run in the folder ${folder}.`, {
    hint: 'Say after --resume where the run is.',
  })
}

async function findNewest(folder: string, fits: (path: string) => Promise<boolean>): Promise<string | undefined> {
  let newest: { readonly path: string; readonly started: number } | undefined
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const path = join(folder, name)
    const started = await startOf(path)
    if (started === undefined || started <= (newest?.started ?? -1)) continue
    if (await fits(path)) newest = { path, started }
  }
  return newest?.path
}

async function checkpointOf(run: string): Promise<string | undefined> {
  const present = await readdir(join(run, runFiles.checkpoints.folder)).catch((): string[] => [])
  const best = [runFiles.checkpoints.best, runFiles.checkpoints.last].find(path => present.includes(basename(path)))
  return best && join(run, best)
}

/** When a run was started, milliseconds since 1970; undefined where the folder is no run. */
async function startOf(path: string): Promise<number | undefined> {
  const text = await readText(path, runFiles.environment)
  if (text === undefined) return undefined
  try {
    return Date.parse(JSON.parse(text).startedAt) || undefined
  } catch {
    return undefined
  }
}

/** A file of the run; undefined where it has none. @throws E_INPUT where it cannot be read */
async function readText(run: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(run, name), 'utf8')
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined
    throw expected('E_INPUT', 'a readable file', join(run, name), (cause as Error).message, { cause })
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw expected('E_INPUT', 'JSON', where, 'something else', { cause })
  }
}
