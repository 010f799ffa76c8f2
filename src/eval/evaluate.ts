import { locateBatchByMeanColor } from '../baseline/mean-color.js'
import type { Batch } from '../data/batch.js'
import { cellCenter, cellCount, type Grid } from '../image/grid.js'
import { joinPlacements, type LocationMetrics, measureLocations, type Placements } from '../location-metrics.js'

/** How well pieces were placed, and how well two things that know nothing would have placed the same pieces. */
export interface Evaluation {
  readonly model: LocationMetrics
  readonly baselines: {
    /** The cell accuracy of guessing. */
    readonly chance: number
    /** The cell whose mean color is nearest, its centre taken as the position. */
    readonly meanColor: LocationMetrics
  }
}

/**
 * Measures a model and the baselines on the same pieces, in one pass.
 *
 * @param place gives the positions of a batch's pieces, `[P, 2]`
 */
export async function evaluate(
  batches: AsyncIterable<Batch>,
  grid: Grid,
  place: (batch: Batch) => Promise<Float32Array>,
): Promise<Evaluation> {
  const model: Placements[] = []
  const meanColor: Placements[] = []
  for await (const batch of batches) {
    const truth = { targets: batch.target, cells: batch.cells }
    model.push({ ...truth, positions: await place(batch) })
    meanColor.push({ ...truth, positions: centers(locateBatchByMeanColor(batch, grid), grid) })
  }
  return {
    model: measureLocations(joinPlacements(model), grid),
    baselines: { chance: 1 / cellCount(grid), meanColor: measureLocations(joinPlacements(meanColor), grid) },
  }
}

function centers(cells: Int32Array, grid: Grid): Float32Array {
  const positions = new Float32Array(2 * cells.length)
  cells.forEach((cell, i) => {
    const { x, y } = cellCenter(grid, cell)
    positions.set([x, y], 2 * i)
  })
  return positions
}
