import { cellAt, type Grid } from './image/grid.js'

/** Where pieces were placed and where they belong, `[n, 2]` each: (x, y) as fractions of the puzzle. */
export interface Placements {
  readonly positions: Float32Array
  readonly targets: Float32Array
  /** The right cell of each piece. */
  readonly cells: Int32Array
}

/** The placements of several batches as one. */
export function joinPlacements(parts: readonly Placements[]): Placements {
  const pieces = parts.reduce((sum, part) => sum + part.cells.length, 0)
  const joined = {
    positions: new Float32Array(2 * pieces),
    targets: new Float32Array(2 * pieces),
    cells: new Int32Array(pieces),
  }
  let done = 0
  for (const { positions, targets, cells } of parts) {
    joined.positions.set(positions, 2 * done)
    joined.targets.set(targets, 2 * done)
    joined.cells.set(cells, done)
    done += cells.length
  }
  return joined
}

/** How well pieces were placed. */
export interface LocationMetrics {
  /** Pieces measured. */
  readonly n: number
  /** The share of pieces whose position fell in the right cell. */
  readonly cellAccuracy: number
  /** 95% Wilson interval of `cellAccuracy`. */
  readonly cellAccuracyInterval: readonly [number, number]
  /** Mean squared error over both coordinates: the training loss. */
  readonly mse: number
  /** Distance between position and target, in fractions of width and height. */
  readonly meanDistance: number
  readonly medianDistance: number
}

/** Measures placements against the truth on a grid. */
export function measureLocations({ positions, targets, cells }: Placements, grid: Grid): LocationMetrics {
  const n = cells.length
  const distances = new Float64Array(n)
  let right = 0
  let squares = 0
  for (let i = 0; i < n; i++) {
    const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!]
    const square = (x - targets[2 * i]!) ** 2 + (y - targets[2 * i + 1]!) ** 2
    if (cellAt(grid, x, y) === cells[i]) right++
    squares += square
    distances[i] = Math.sqrt(square)
  }
  return {
    n,
    cellAccuracy: right / n,
    cellAccuracyInterval: wilsonInterval(right, n),
    mse: squares / (2 * n),
    meanDistance: distances.reduce((sum, distance) => sum + distance, 0) / n,
    medianDistance: median(distances),
  }
}

/** The 95% score interval of a share (Wilson 1927): honest near 0 and 1, and with few samples. */
export function wilsonInterval(successes: number, n: number): readonly [number, number] {
  const z = 1.959964
  const share = successes / n
  const scale = 1 + z ** 2 / n
  const center = (share + z ** 2 / (2 * n)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))
  return [Math.max(0, center - half), Math.min(1, center + half)]
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
