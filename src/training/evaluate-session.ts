import type { Batch } from '../data/batch.js'
import type { BatchLoader } from '../data/batch-loader.node.js'
import type { BatchPlan } from '../data/sampler.js'
import { joinPlacements, type Placements } from '../location-metrics.js'
import { batchFeeds } from './feeds.js'
import type { TrainingSession } from './session/training-session.js'

/** Places every piece of a plan in inference mode, without augmentation. */
export async function evaluateSession(
  session: TrainingSession,
  loader: BatchLoader,
  plan: readonly BatchPlan[],
  sizes: { readonly pieceSize: number; readonly puzzleSize: number },
): Promise<Placements> {
  const parts: Placements[] = []
  for await (const batch of loader.epoch(plan, null)) {
    parts.push({ positions: await placeBatch(session, batch, sizes), targets: batch.target, cells: batch.cells })
  }
  return joinPlacements(parts)
}

/** Places the pieces of one batch in inference mode: their positions, `[P, 2]`. */
export async function placeBatch(
  session: TrainingSession,
  batch: Batch,
  sizes: { readonly pieceSize: number; readonly puzzleSize: number },
): Promise<Float32Array> {
  const { position } = await session.runEvalStep(batchFeeds(batch, sizes))
  return position!.data as Float32Array
}
