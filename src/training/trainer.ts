import type { AugmentStream, Batch } from '../data/batch.js'
import type { BatchLoader } from '../data/batch-loader.node.js'
import { type BatchPlan, planEpoch, planEvaluation } from '../data/sampler.js'
import { type PictureRange, type Split, trainAndVal } from '../data/split.js'
import { type LocationMetrics, measureLocations } from '../location-metrics.js'
import { cosineAnnealing } from '../optim/schedules.js'
import { batchSizes, type TrainingConfig } from './config.js'
import { checkStep } from './divergence.js'
import { evaluateSession } from './evaluate-session.js'
import { batchFeeds } from './feeds.js'
import { frozenPatterns } from './frozen-patterns.js'
import { type BestEpoch, type EpochTotals, firstPosition, noTotals, type TrainingPosition } from './position.js'
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
  readonly bestSoFar: BestEpoch | null
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
  /** Where to go on, with a session in the state of that moment; the beginning by default. */
  readonly from?: TrainingPosition
  /** Told of where the training stands after each optimizer step: the place to save it. True stops the training there. */
  readonly onPosition?: (position: TrainingPosition) => Promise<boolean>
  /** Asked between the batches of a validation and after it; true stops, before that epoch is recorded or after. */
  readonly stopping?: () => Promise<boolean>
  /** Trains on these in every epoch, on pieces as they were cut, instead of on the plan of each epoch. */
  readonly batches?: readonly BatchPlan[]
}

/**
 * Trains to the last epoch.
 *
 * @returns whether it came to its end; false where `onPosition` or `stopping` stopped it
 * @throws E_DIVERGED where the loss explodes or is no number any more
 */
export async function train(config: TrainingConfig, context: TrainerContext): Promise<boolean> {
  let position = context.from ?? firstPosition
  while (position.epoch < config.epochs) {
    const next = await trainEpoch(config, context, position)
    if (!next) return false
    position = next
    if (position.epoch < config.epochs && (await context.stopping?.())) return false
  }
  return true
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

/** An epoch, or what is left of it. @returns where the training stands then; null where it was stopped */
async function trainEpoch(
  config: TrainingConfig,
  context: TrainerContext,
  from: TrainingPosition,
): Promise<TrainingPosition | null> {
  const epoch = from.epoch + 1
  const rates = ratesOf(config, epoch)
  await context.session.setFrozen(frozenPatterns(config, epoch))
  const clock = startClock(context.now, from.totals.seconds)
  const trained = await trainSteps(config, context, { from, rates, clock })
  if (!trained) return null
  const validated = await validate(config, context)
  if (validated === 'stopped') {
    await context.onPosition?.({ ...trained, totals: { ...trained.totals, seconds: clock() } })
    return null
  }
  const best = isBetter(validated, from.best) || (validated === null && epoch === config.epochs)
  const bestSoFar = best
    ? { epoch, cellAccuracy: validated?.cellAccuracy ?? null, mse: validated?.mse ?? null }
    : from.best
  const { loss, accuracy, dataMs, stepMs } = trained.totals
  await context.onEvent({
    type: 'epoch',
    epoch,
    backboneLr: rates.backbone,
    headLr: rates.correlation,
    trainLoss: loss / trained.step,
    trainAccuracy: accuracy / trained.step,
    val: validated,
    best,
    bestSoFar,
    seconds: clock(),
    dataMs: dataMs / trained.step,
    stepMs: stepMs / trained.step,
  })
  return { epoch, step: 0, totals: noTotals, best: bestSoFar }
}

interface EpochStart {
  readonly from: TrainingPosition
  readonly rates: LearningRates
  /** Seconds that the epoch has taken so far. */
  readonly clock: () => number
}

/** The steps that an epoch lacks. @returns where the training stands then; null where it was stopped */
async function trainSteps(
  config: TrainingConfig,
  context: TrainerContext,
  { from, rates, clock }: EpochStart,
): Promise<TrainingPosition | null> {
  const { session, loader, now } = context
  const epoch = from.epoch + 1
  const plan = context.batches ?? planTraining(config, context.pictures.train, epoch)
  let position = from
  let asked = now()
  for await (const batch of loader.epoch(plan, trainingAugment(config, context, epoch), from.step)) {
    const got = now()
    const step = from.epoch * plan.length + batch.index + 1
    const updates = (batch.index + 1) % config.accum === 0 || batch.index + 1 === plan.length
    const { loss, accuracy } = await trainStep(config, session, batch, { rates, step, updates })
    const [dataMs, stepMs] = [got - asked, now() - got]
    const steps = config.epochs * plan.length
    await context.onEvent({ type: 'step', epoch, step, steps, loss, accuracy, dataMs, stepMs })
    const totals = { ...add(position.totals, { loss, accuracy, dataMs, stepMs }), seconds: clock() }
    position = { ...from, step: batch.index + 1, totals }
    // Gradients that are adding up are not saved.
    if (updates && (await context.onPosition?.(position))) return null
    asked = now()
  }
  return position
}

function trainingAugment(config: TrainingConfig, { batches }: TrainerContext, epoch: number): AugmentStream | null {
  return config.augment && !batches ? { seed: config.seed, epoch } : null
}

async function trainStep(
  config: TrainingConfig,
  session: TrainingSession,
  batch: Batch,
  { rates, step, updates }: { rates: LearningRates; step: number; updates: boolean },
): Promise<{ loss: number; accuracy: number }> {
  const outputs = await session.runTrainStep(batchFeeds(batch, config))
  checkStep(step, outputs)
  if (updates) {
    await session.runOptimizerStep(rates, { average: true })
    await session.lazyResetGrad()
  }
  const positions = outputs.position!.data as Float32Array
  const { cellAccuracy } = measureLocations({ positions, targets: batch.target, cells: batch.cells }, config.grid)
  return { loss: (outputs.loss!.data as Float32Array)[0]!, accuracy: cellAccuracy }
}

async function validate(
  config: TrainingConfig,
  { session, loader, pictures, stopping }: TrainerContext,
): Promise<LocationMetrics | null | 'stopped'> {
  if (pictures.val === null) return null
  const plan = planEvaluation({ pictures: pictures.val, grid: config.grid, ...batchSizes(config) })
  const placements = await evaluateSession(session, loader, plan, config, stopping)
  return placements === null ? 'stopped' : measureLocations(placements, config.grid)
}

/** More cells right, or as many with a lower error. */
function isBetter(val: LocationMetrics | null, best: BestEpoch | null): boolean {
  if (!val) return false
  const { cellAccuracy, mse } = { cellAccuracy: best?.cellAccuracy ?? -1, mse: best?.mse ?? Number.POSITIVE_INFINITY }
  return val.cellAccuracy > cellAccuracy || (val.cellAccuracy === cellAccuracy && val.mse < mse)
}

function add(totals: EpochTotals, step: Omit<EpochTotals, 'seconds'>): Omit<EpochTotals, 'seconds'> {
  return {
    loss: totals.loss + step.loss,
    accuracy: totals.accuracy + step.accuracy,
    dataMs: totals.dataMs + step.dataMs,
    stepMs: totals.stepMs + step.stepMs,
  }
}

/** Seconds, those before included. */
function startClock(now: () => number, before: number): () => number {
  const started = now()
  return () => before + (now() - started) / 1000
}
