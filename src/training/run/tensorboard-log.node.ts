import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { cannotWrite } from '../../write-folder.node.js'
import type { EpochEvent, StepEvent, TrainingEvent } from '../trainer.js'
import { eventFileHead, eventFileName, scalarRecord } from './tensorboard.js'

/** Writes a training's events where TensorBoard finds them: `tensorboard --logdir runs`. */
export class TensorBoardLog {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly now: () => number,
  ) {}

  /**
   * Begins an event file in a folder, which is made where it is missing.
   *
   * @param now milliseconds since 1970
   * @param firstStep the first step that will be logged; what earlier files of the folder say of it and later ones no longer counts
   * @throws E_INPUT where it cannot be written
   */
  static async create(folder: string, now: () => number, firstStep = 1): Promise<TensorBoardLog> {
    const wallTime = now() / 1000
    const path = join(folder, eventFileName(wallTime))
    try {
      await mkdir(folder, { recursive: true })
      const file = await open(path, 'a')
      await file.appendFile(eventFileHead(wallTime, firstStep))
      return new TensorBoardLog(path, file, now)
    } catch (cause) {
      throw cannotWrite(path, cause)
    }
  }

  /** Logs a step by its number, an epoch by its own. @throws E_INPUT where it cannot be written */
  async record(event: TrainingEvent): Promise<void> {
    const wallTime = this.now() / 1000
    const numbers =
      event.type === 'step'
        ? { step: event.step, values: stepScalars(event) }
        : { step: event.epoch, values: epochScalars(event) }
    try {
      await this.file.appendFile(scalarRecord({ wallTime, ...numbers }))
    } catch (cause) {
      throw cannotWrite(this.path, cause)
    }
  }

  async close(): Promise<void> {
    await this.file.close()
  }
}

function stepScalars({ loss, accuracy, dataMs, stepMs }: StepEvent): Record<string, number> {
  return { 'step/loss': loss, 'step/accuracy': accuracy, 'step/data_wait_ms': dataMs, 'step/compute_ms': stepMs }
}

function epochScalars(event: EpochEvent): Record<string, number> {
  const { val } = event
  return {
    'loss/train': event.trainLoss,
    'accuracy/train': event.trainAccuracy,
    ...(val && {
      'loss/val': val.mse,
      'accuracy/val': val.cellAccuracy,
      'distance/val_mean': val.meanDistance,
      'distance/val_median': val.medianDistance,
    }),
    'learning_rate/backbone': event.backboneLr,
    'learning_rate/head': event.headLr,
    'time/epoch_seconds': event.seconds,
    'time/data_wait_ms': event.dataMs,
    'time/step_ms': event.stepMs,
  }
}
