import { cellAt, cellBox, cellCenter, cellCount, type Grid, rowAndColumn } from '../image/grid.js'
import type { Prediction } from './regressor.js'
import type { Backend, Candidate, Heatmap, LocateOptions, LocateResult, Timings } from './types.js'

const DEFAULT_TOP_K = 3

/** The puzzle that a piece is placed in: its grid and the size of its picture in pixels. */
export interface PuzzleFrame {
  readonly grid: Grid
  readonly width: number
  readonly height: number
}

/** What a regressor's prediction means on a puzzle. */
export function toLocateResult(
  prediction: Prediction,
  frame: PuzzleFrame,
  options: LocateOptions,
  run: { readonly timings: Timings; readonly backend: Backend },
): LocateResult {
  const { grid, width, height } = frame
  const { x, y } = prediction.position
  const cell = cellAt(grid, x, y)
  const center = { x: x * width, y: y * height }
  const masses = cellMasses(prediction.attention, grid)
  const answer = { center, rotationDeg: 0, score: masses[cell]! }
  return {
    center,
    centerNorm: { x, y },
    rotationDeg: 0,
    score: answer.score,
    box: cellBox(grid, cell, width, height),
    cell: rowAndColumn(grid, cell),
    candidates: [answer, ...otherCandidates(masses, cell, frame, options)],
    ...(options.heatmap ? { heatmap: prediction.attention } : {}),
    ...run,
  }
}

/**
 * How much of the attention lies inside each cell of a grid; the sum is that of the attention map.
 * A location of the map stands for its rectangle of the puzzle, and is divided where cells divide it.
 */
export function cellMasses(attention: Heatmap, grid: Grid): Float64Array {
  const rowShares = shares(attention.height, grid.rows)
  const colShares = shares(attention.width, grid.cols)
  const masses = new Float64Array(cellCount(grid))
  for (const { from: i, to: row, share: rowShare } of rowShares) {
    for (const { from: j, to: col, share: colShare } of colShares) {
      masses[row * grid.cols + col]! += attention.data[i * attention.width + j]! * rowShare * colShare
    }
  }
  return masses.map(mass => Math.min(1, mass))
}

/** Which share of each of `from` equal intervals lies in each of `to` equal intervals of the same line. */
function shares(from: number, to: number): { from: number; to: number; share: number }[] {
  const result = []
  for (let i = 0; i < from; i++) {
    const first = Math.floor((i * to) / from)
    const last = Math.ceil(((i + 1) * to) / from)
    for (let k = first; k < last; k++) {
      const overlap = Math.min((i + 1) / from, (k + 1) / to) - Math.max(i / from, k / to)
      result.push({ from: i, to: k, share: overlap * from })
    }
  }
  return result
}

function otherCandidates(
  masses: Float64Array,
  answer: number,
  { grid, width, height }: PuzzleFrame,
  { topK = DEFAULT_TOP_K, minScore = 0 }: LocateOptions,
): Candidate[] {
  return Array.from(masses, (score, cell) => ({ score, cell }))
    .filter(({ score, cell }) => cell !== answer && score >= minScore)
    .sort((a, b) => b.score - a.score)
    .slice(0, topK - 1)
    .map(({ score, cell }) => {
      const { x, y } = cellCenter(grid, cell)
      return { center: { x: x * width, y: y * height }, rotationDeg: 0, score }
    })
}
