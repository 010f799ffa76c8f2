import type { AugmentStream, Batch } from '../data/batch.js'
import type { BatchLoader } from '../data/batch-loader.node.js'
import type { BatchPlan } from '../data/sampler.js'
import { joinPlacements, type Placements } from '../location-metrics.js'
import type { Tensor } from '../tensor.js'
import type { TrainingConfig } from './config.js'
import { batchFeeds } from './feeds.js'
import type { TrainingSession } from './session/training-session.js'

/**
 * Places every piece of a plan in inference mode.
 *
 * @param stopping asked before each batch; true gives up
 * @returns null where it was given up
 */
export async function evaluateSession(
  session: TrainingSession,
  loader: BatchLoader,
  plan: readonly BatchPlan[],
  config: TrainingConfig,
  stopping?: () => Promise<boolean>,
): Promise<Placements | null> {
  const parts: Placements[] = []
  for await (const batch of loader.epoch(plan, evaluationAugment(config))) {
    if (await stopping?.()) return null
    const { position } = await answerBatch(session, batch, config)
    parts.push({ positions: position.data, targets: batch.target, cells: batch.cells })
  }
  return joinPlacements(parts)
}

/** Places the pieces of one batch in inference mode: `position` [P, 2], `attention` [P, h, w]. */
export async function answerBatch(
  session: TrainingSession,
  batch: Batch,
  config: TrainingConfig,
): Promise<{ readonly position: Tensor<'float32'>; readonly attention: Tensor<'float32'> }> {
  const { position, attention } = await session.runEvalStep(batchFeeds(batch, config))
  return { position: position as Tensor<'float32'>, attention: attention as Tensor<'float32'> }
}

/** How pieces of val and test are photographed: always the same way for a seed, and in no epoch of training; null for clean cuts. */
export function evaluationAugment({
  evaluatePieces,
  seed,
}: Pick<TrainingConfig, 'evaluatePieces' | 'seed'>): AugmentStream | null {
  return evaluatePieces === 'photographed' ? { seed, epoch: 0 } : null
}
