import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PictureManifest } from '../../data/manifest.js'
import { LocatorError } from '../../errors.js'
import { cannotWrite } from '../../write-folder.node.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { writeCheckpoint } from '../checkpoint/checkpoint.node.js'
import { writeFileAtomically } from '../checkpoint/write-file-atomically.node.js'
import type { TrainingConfig } from '../config.js'
import { checkWeights } from '../divergence.js'
import { noTotals, type TrainingPosition } from '../position.js'
import type { TrainingSession } from '../session/training-session.js'
import type { EpochEvent } from '../trainer.js'
import type { RunEnvironment } from './environment.node.js'
import { csvHeader, csvLine, type EpochRow, epochRow, jsonLine, readRows } from './epoch-row.js'
import { checkRunFolder, makeRunFolder } from './new-folder.node.js'
import { positionProperties } from './position-properties.js'
import { runFiles } from './run-files.js'
import { RunLock } from './run-lock.node.js'
import type { RunSummary } from './run-summary.js'

/** What a run's folder is made of at its start. */
export interface NewRun {
  /** A folder that does not exist or is empty; by default `runs/<date>-<preset>[-N]`. */
  readonly folder?: string | undefined
  readonly config: TrainingConfig
  readonly environment: RunEnvironment
  /** Null where pictures are drawn. */
  readonly manifest: PictureManifest | null
}

/** What saving needs of a session. */
export type SavedSession = Pick<TrainingSession, 'checkpoint'>

/** The folder of a run that is under way. */
export class RunFolder {
  private constructor(
    readonly path: string,
    private readonly config: TrainingConfig,
    private readonly lock: RunLock,
    /** Whether there is anything to keep where the run fails. */
    private saved: boolean,
    /** Whether the folder was there, empty, before the run. */
    private readonly existed: boolean,
  ) {}

  /**
   * Makes the folder.
   *
   * @throws E_USAGE where it holds something already; E_INPUT where it cannot be written
   */
  static async create({ folder, config, environment, manifest }: NewRun): Promise<RunFolder> {
    const existed = folder !== undefined && (await checkRunFolder(folder))
    const path = folder ?? (await makeRunFolder(new Date(environment.startedAt), config.preset))
    await writing(path, async () => {
      await mkdir(path, { recursive: true })
      // Of two runs that start in one folder at the same time, the second fails here and harms nothing.
      await writeFile(join(path, runFiles.config), json(config), { flag: 'wx' })
    })
    const run = new RunFolder(path, config, await RunLock.take(path), false, existed)
    try {
      await writing(path, () => run.writeStart(environment, manifest))
    } catch (error) {
      await run.discardUntrained()
      throw error
    }
    return run
  }

  /**
   * Takes the folder of a run that was stopped, and removes what its last save left behind.
   *
   * @param config as the folder has it
   * @throws E_USAGE where another process trains there; E_INPUT where it cannot be written
   */
  static async take(path: string, config: TrainingConfig): Promise<RunFolder> {
    const lock = await RunLock.take(path)
    const run = new RunFolder(path, config, lock, true, true)
    const checkpoints = join(path, runFiles.checkpoints.folder)
    await writing(path, async () => {
      await mkdir(checkpoints, { recursive: true })
      const left = (await readdir(checkpoints)).filter(name => name.startsWith('.') && name.endsWith('.tmp'))
      for (const name of left) await rm(join(checkpoints, name), { force: true })
    })
    return run
  }

  /** Adds an epoch to the metrics and saves the session as `last`, and as `best` where it is. @throws E_INPUT, E_DIVERGED */
  async recordEpoch(event: EpochEvent, session: SavedSession): Promise<void> {
    const row = epochRow(event)
    const position = { epoch: event.epoch, step: 0, totals: noTotals, best: event.bestSoFar }
    const checkpoint = this.checkpointOf(position, session)
    await writing(this.path, async () => {
      await appendDurably(join(this.path, runFiles.metricsCsv), csvLine(row))
      await appendDurably(join(this.path, runFiles.metricsJsonl), jsonLine(row))
    })
    // In this order a run that is killed in between goes on from before the epoch, and writes all of this again.
    if (event.best) await writeCheckpoint(join(this.path, runFiles.checkpoints.best), checkpoint)
    await writeCheckpoint(join(this.path, runFiles.checkpoints.last), checkpoint)
    this.saved = true
  }

  /** Saves the session as `last`, within an epoch. @throws E_INPUT, E_DIVERGED: the one that was saved before is intact */
  async save(position: TrainingPosition, session: SavedSession): Promise<void> {
    await writeCheckpoint(join(this.path, runFiles.checkpoints.last), this.checkpointOf(position, session))
    this.saved = true
  }

  /** Takes back what the metrics say of epochs after the given one. @returns what they say of those before it */
  async rewindMetrics(epoch: number): Promise<readonly EpochRow[]> {
    const path = join(this.path, runFiles.metricsJsonl)
    let rows: readonly EpochRow[] = []
    await writing(this.path, async () => {
      rows = readRows(await readFile(path, 'utf8')).rows.filter(row => Number(row.epoch) <= epoch)
      await writeFileAtomically(path, Buffer.from(rows.map(jsonLine).join('')))
      const csv = `${csvHeader}${rows.map(csvLine).join('')}`
      await writeFileAtomically(join(this.path, runFiles.metricsCsv), Buffer.from(csv))
    })
    return rows
  }

  /** Writes what came out. @throws E_INPUT where it cannot be written */
  async writeSummary(summary: RunSummary): Promise<void> {
    await writing(this.path, () => writeFileAtomically(join(this.path, runFiles.summary), Buffer.from(json(summary))))
  }

  /**
   * Removes what {@link create} made, where no checkpoint was saved: the run failed before there was anything to keep.
   *
   * @returns whether it is gone
   */
  async discardUntrained(): Promise<boolean> {
    if (this.saved) return false
    await this.close()
    const paths = this.existed ? (await readdir(this.path)).map(name => join(this.path, name)) : [this.path]
    for (const path of paths) await rm(path, { recursive: true, force: true })
    return true
  }

  /** Gives the folder back to other processes; safe to call twice. */
  async close(): Promise<void> {
    await this.lock.release()
  }

  /** The session's state, in an order that does not depend on where it was loaded from. */
  private checkpointOf(position: TrainingPosition, session: SavedSession): Checkpoint {
    const checkpoint = session.checkpoint(positionProperties(position, this.config))
    checkWeights(checkpoint)
    const properties = [...checkpoint.properties].sort(([a], [b]) => (a < b ? -1 : 1))
    return { ...checkpoint, properties: new Map(properties) }
  }

  /** The environment comes last: a run that has one has everything that it takes to begin anew. */
  private async writeStart(environment: RunEnvironment, manifest: PictureManifest | null): Promise<void> {
    await mkdir(join(this.path, runFiles.checkpoints.folder))
    if (manifest) await writeFile(join(this.path, runFiles.pictures), json(manifest))
    await writeFile(join(this.path, runFiles.metricsCsv), csvHeader)
    await writeFile(join(this.path, runFiles.metricsJsonl), '')
    await writeFileAtomically(join(this.path, runFiles.environment), Buffer.from(json(environment)))
  }
}

async function writing(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (cause) {
    throw cause instanceof LocatorError ? cause : cannotWrite(path, cause)
  }
}

/** Appends to a file and waits until the disk has it. */
async function appendDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'a')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
