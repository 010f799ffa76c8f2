import { mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PictureManifest } from '../../data/manifest.js'
import { LocatorError } from '../../errors.js'
import { cannotWrite } from '../../write-folder.node.js'
import type { Property } from '../checkpoint/checkpoint.js'
import { writeFileAtomically } from '../checkpoint/write-file-atomically.node.js'
import type { TrainingConfig } from '../config.js'
import type { TrainingSession } from '../session/training-session.js'
import type { EpochEvent } from '../trainer.js'
import type { RunEnvironment } from './environment.node.js'
import { csvHeader, csvLine, epochRow, jsonLine } from './epoch-row.js'
import { checkRunFolder, makeRunFolder } from './new-folder.node.js'
import { checkpointProperties, runFiles } from './run-files.js'
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

/** The folder of a run that is under way. */
export class RunFolder {
  private bestEpoch: EpochEvent | undefined
  private saved = false

  private constructor(
    readonly path: string,
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
    const run = new RunFolder(path, existed)
    await run.writing(async () => {
      await mkdir(path, { recursive: true })
      // Of two runs that start in one folder at the same time, the second fails here and harms nothing.
      await writeFile(join(path, runFiles.config), json(config), { flag: 'wx' })
    })
    try {
      await run.writing(() => run.writeStart(environment, manifest))
    } catch (error) {
      await run.discardUntrained()
      throw error
    }
    return run
  }

  /** Adds an epoch to the metrics and saves the session as `last`, and as `best` where it is. @throws E_INPUT */
  async recordEpoch(event: EpochEvent, session: Pick<TrainingSession, 'saveCheckpoint'>): Promise<void> {
    if (event.best) this.bestEpoch = event
    const row = epochRow(event)
    await this.writing(async () => {
      await appendDurably(join(this.path, runFiles.metricsCsv), csvLine(row))
      await appendDurably(join(this.path, runFiles.metricsJsonl), jsonLine(row))
    })
    const properties = epochProperties(event, this.bestEpoch)
    await session.saveCheckpoint(join(this.path, runFiles.checkpoints.last), { properties })
    this.saved = true
    if (event.best) await session.saveCheckpoint(join(this.path, runFiles.checkpoints.best), { properties })
  }

  /** Writes what came out. @throws E_INPUT where it cannot be written */
  async writeSummary(summary: RunSummary): Promise<void> {
    await this.writing(() => writeFileAtomically(join(this.path, runFiles.summary), Buffer.from(json(summary))))
  }

  /** Removes what {@link create} made, where no checkpoint was saved: the run failed before there was anything to keep. */
  async discardUntrained(): Promise<void> {
    if (this.saved) return
    const paths = this.existed ? (await readdir(this.path)).map(name => join(this.path, name)) : [this.path]
    for (const path of paths) await rm(path, { recursive: true, force: true })
  }

  private async writeStart(environment: RunEnvironment, manifest: PictureManifest | null): Promise<void> {
    await mkdir(join(this.path, runFiles.checkpoints.folder))
    await writeFile(join(this.path, runFiles.environment), json(environment))
    if (manifest) await writeFile(join(this.path, runFiles.pictures), json(manifest))
    await writeFile(join(this.path, runFiles.metricsCsv), csvHeader)
    await writeFile(join(this.path, runFiles.metricsJsonl), '')
  }

  private async writing(write: () => Promise<void>): Promise<void> {
    try {
      await write()
    } catch (cause) {
      throw cause instanceof LocatorError ? cause : cannotWrite(this.path, cause)
    }
  }
}

/** What a checkpoint says about itself, for people and for going on. Metrics are texts: float properties would be rounded. */
function epochProperties(event: EpochEvent, best: EpochEvent | undefined): Map<string, Property> {
  const properties = new Map<string, Property>([[checkpointProperties.epoch, BigInt(event.epoch)]])
  if (best) properties.set(checkpointProperties.bestEpoch, BigInt(best.epoch))
  if (best?.val) {
    properties.set(checkpointProperties.bestCellAccuracy, String(best.val.cellAccuracy))
    properties.set(checkpointProperties.bestMse, String(best.val.mse))
  }
  return properties
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
