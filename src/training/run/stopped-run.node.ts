import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expected, LocatorError } from '../../errors.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { readCheckpoint } from '../checkpoint/checkpoint.node.js'
import { configDifferences } from '../config-difference.js'
import { firstPosition, type TrainingPosition } from '../position.js'
import { openStartedRun, type StartedRun } from './open-run.node.js'
import { readPosition, readTrainedConfig } from './position-properties.js'
import { runFiles } from './run-files.js'

/** A run to go on with. */
export interface StoppedRun extends StartedRun {
  /** The state that was saved last; null where nothing was saved yet. */
  readonly checkpoint: Checkpoint | null
  readonly position: TrainingPosition
  /** Whether it is trained to its end, tested and exported. */
  readonly finished: boolean
}

/**
 * Reads the folder of a run that was stopped, at whatever moment.
 *
 * @throws E_INPUT where it is no run, or was stopped before it began; E_CHECKPOINT where the checkpoint is damaged; E_CONFIG where the
 *   configuration is not the one that the checkpoint was trained with
 */
export async function openStoppedRun(path: string): Promise<StoppedRun> {
  const run = await openStartedRun(path)
  if (!existsSync(join(path, runFiles.environment))) {
    throw new LocatorError(
      'E_INPUT',
      `The run ${path} was stopped before it began: it holds no ${runFiles.environment}.`,
      {
        hint: 'Delete the folder and start the run again.',
      },
    )
  }
  const file = join(path, runFiles.checkpoints.last)
  const checkpoint = existsSync(file) ? await readCheckpoint(file) : null
  if (!checkpoint) return { ...run, checkpoint, position: firstPosition, finished: false }
  checkConfig(run, checkpoint)
  const position = readPosition(checkpoint, `checkpoint ${file}`)
  const ended = run.summary !== null && existsSync(join(path, runFiles.model))
  return { ...run, checkpoint, position, finished: ended && position.epoch >= run.config.epochs }
}

function checkConfig({ path, config }: StartedRun, checkpoint: Checkpoint): void {
  const trained = readTrainedConfig(checkpoint)
  if (typeof trained !== 'object' || trained === null) return
  const [difference] = configDifferences(trained as Record<string, unknown>, config)
  if (!difference) return
  const { key, before, after } = difference
  const where = `"${key}" of ${join(path, runFiles.config)}`
  throw expected('E_CONFIG', `${describe(before)}, which the checkpoint was trained with,`, where, after, {
    hint: 'A run goes on as it began. Put the value back, or start a new run.',
  })
}
