import type { BatchLoader } from '../data/batch-loader.node.js'
import type { BatchPlan } from '../data/sampler.js'
import type { Placements } from '../location-metrics.js'
import { batchFeeds } from './feeds.js'
import type { TrainingSession } from './session/training-session.js'

/** Places every piece of a plan in inference mode, without augmentation. */
export async function evaluateSession(
  session: TrainingSession,
  loader: BatchLoader,
  plan: readonly BatchPlan[],
  sizes: { readonly pieceSize: number; readonly puzzleSize: number },
): Promise<Placements> {
  const pieces = plan.reduce((sum, batch) => sum + batch.pieces.length, 0)
  const placements = {
    positions: new Float32Array(2 * pieces),
    targets: new Float32Array(2 * pieces),
    cells: new Int32Array(pieces),
  }
  let placed = 0
  for await (const batch of loader.epoch(plan, null)) {
    const { position } = await session.runEvalStep(batchFeeds(batch, sizes))
    placements.positions.set(position!.data as Float32Array, 2 * placed)
    placements.targets.set(batch.target, 2 * placed)
    placements.cells.set(batch.cells, placed)
    placed += batch.pieceCount
  }
  return placements
}
