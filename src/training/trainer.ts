import type { Batch } from '../data/batch.js'
import type { BatchLoader } from '../data/batch-loader.node.js'
import { type BatchPlan, planEpoch, planEvaluation } from '../data/sampler.js'
import { type PictureRange, type Split, trainAndVal } from '../data/split.js'
import { LocatorError } from '../errors.js'
import { type LocationMetrics, measureLocations } from '../location-metrics.js'
import { cosineAnnealing } from '../optim/schedules.js'
import { batchSizes, type TrainingConfig } from './config.js'
import { evaluateSession } from './evaluate-session.js'
import { batchFeeds } from './feeds.js'
import type { LearningRates, TrainingSession } from './session/training-session.js'

/** One step, just taken. */
export interface StepEvent {
  readonly type: 'step'
  readonly epoch: number
  /** Steps taken and to take in the whole run. */
  readonly step: number
  readonly steps: number
  readonly loss: number
  /** Share of the batch's pieces whose cell was right, in training mode. */
  readonly accuracy: number
  /** Milliseconds spent waiting for the batch, and computing. */
  readonly dataMs: number
  readonly stepMs: number
}

/** One epoch, just finished. Train figures are means over its steps, in training mode with augmentation. */
export interface EpochEvent {
  readonly type: 'epoch'
  readonly epoch: number
  readonly backboneLr: number
  readonly headLr: number
  readonly trainLoss: number
  readonly trainAccuracy: number
  /** Null where the run trains on its validation pictures too. */
  readonly val: LocationMetrics | null
  /** Whether this is the best epoch so far, or the last of a run that selects nothing. */
  readonly best: boolean
  readonly seconds: number
  /** Means over the epoch's steps. */
  readonly dataMs: number
  readonly stepMs: number
}

export type TrainingEvent = StepEvent | EpochEvent

/** What a training needs from outside. */
export interface TrainerContext {
  readonly session: TrainingSession
  readonly loader: BatchLoader
  readonly pictures: { readonly train: PictureRange; readonly val: PictureRange | null }
  /** Milliseconds, from any origin. */
  readonly now: () => number
  /** Told of each step and epoch; the next one waits for it. */
  readonly onEvent: (event: TrainingEvent) => void | Promise<void>
}

/** Trains from the first epoch to the last. @throws E_DIVERGED where the loss is no finite number any more */
export async function train(config: TrainingConfig, context: TrainerContext): Promise<void> {
  let bestAccuracy = -1
  let bestLoss = Number.POSITIVE_INFINITY
  for (let epoch = 1; epoch <= config.epochs; epoch++) {
    const started = context.now()
    const rates = ratesOf(config, epoch)
    const totals = await trainEpoch(config, context, epoch, rates)
    const val = await validate(config, context)
    const better =
      val !== null && (val.cellAccuracy > bestAccuracy || (val.cellAccuracy === bestAccuracy && val.mse < bestLoss))
    if (better) [bestAccuracy, bestLoss] = [val.cellAccuracy, val.mse]
    await context.onEvent({
      type: 'epoch',
      epoch,
      backboneLr: rates.backbone,
      headLr: rates.correlation,
      ...totals,
      val,
      best: better || (val === null && epoch === config.epochs),
      seconds: (context.now() - started) / 1000,
    })
  }
}

/** The learning rates of an epoch, counted from 1, for each parameter group. */
export function ratesOf(
  config: TrainingConfig,
  epoch: number,
): { backbone: number; correlation: number; refinement: number } {
  const annealed = (base: number): number => cosineAnnealing(base, epoch - 1, config.epochs)
  const head = annealed(config.headLr)
  return { backbone: annealed(config.backboneLr), correlation: head, refinement: head }
}

/** Which pictures a configuration trains on, and which it validates with. */
export function trainingRanges({ trainOn }: TrainingConfig, split: Split): TrainerContext['pictures'] {
  return trainOn === 'train' ? split : { train: trainAndVal(split), val: null }
}

/** The epoch's batches. */
export function planTraining(config: TrainingConfig, pictures: PictureRange, epoch: number): BatchPlan[] {
  const { seed, grid, sampling } = config
  return planEpoch({ seed, epoch, pictures, grid, sampling, ...batchSizes(config) })
}

type EpochTotals = Pick<EpochEvent, 'trainLoss' | 'trainAccuracy' | 'dataMs' | 'stepMs'>

async function trainEpoch(
  config: TrainingConfig,
  { session, loader, pictures, now, onEvent }: TrainerContext,
  epoch: number,
  rates: LearningRates,
): Promise<EpochTotals> {
  const plan = planTraining(config, pictures.train, epoch)
  const steps: StepEvent[] = []
  let asked = now()
  for await (const batch of loader.epoch(plan, config.augment ? { seed: config.seed, epoch } : null)) {
    const got = now()
    const { loss, accuracy } = await trainStep(config, session, batch, rates)
    const done = now()
    const step = (epoch - 1) * plan.length + batch.index + 1
    if (!Number.isFinite(loss)) throw diverged(step, loss)
    const event: StepEvent = {
      type: 'step',
      epoch,
      step,
      steps: config.epochs * plan.length,
      loss,
      accuracy,
      dataMs: got - asked,
      stepMs: done - got,
    }
    steps.push(event)
    await onEvent(event)
    asked = now()
  }
  const mean = (value: (event: StepEvent) => number): number =>
    steps.reduce((sum, event) => sum + value(event), 0) / steps.length
  return {
    trainLoss: mean(event => event.loss),
    trainAccuracy: mean(event => event.accuracy),
    dataMs: mean(event => event.dataMs),
    stepMs: mean(event => event.stepMs),
  }
}

async function trainStep(
  config: TrainingConfig,
  session: TrainingSession,
  batch: Batch,
  rates: LearningRates,
): Promise<{ loss: number; accuracy: number }> {
  const { loss, position } = await session.runStep(batchFeeds(batch, config), rates)
  const positions = position!.data as Float32Array
  const { cellAccuracy } = measureLocations({ positions, targets: batch.target, cells: batch.cells }, config.grid)
  return { loss: (loss!.data as Float32Array)[0]!, accuracy: cellAccuracy }
}

async function validate(
  config: TrainingConfig,
  { session, loader, pictures }: TrainerContext,
): Promise<LocationMetrics | null> {
  if (pictures.val === null) return null
  const plan = planEvaluation({ pictures: pictures.val, grid: config.grid, ...batchSizes(config) })
  return measureLocations(await evaluateSession(session, loader, plan, config), config.grid)
}

function diverged(step: number, loss: number): LocatorError {
  return new LocatorError('E_DIVERGED', `Expected a finite loss for step ${step} but received ${loss}.`, {
    hint: 'Lower --backbone-lr and --head-lr; the checkpoints of earlier epochs are intact.',
  })
}
