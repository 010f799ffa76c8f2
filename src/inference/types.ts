import type { Grid } from '../image/grid.js'
import type { Heatmap } from '../image/heatmap.js'
import type { Box } from '../image/rgb-image.js'

export type { Heatmap } from '../image/heatmap.js'

/** A point in pixels of the picture that was passed in, or as fractions of its size: x to the right, y down. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A place where the piece may belong. */
export interface Candidate {
  /** Centre of the piece, in pixels of the puzzle picture. */
  readonly center: Point
  /** Clockwise turn, in degrees, that brings the photographed piece upright: 0 <= x < 360. */
  readonly rotationDeg: number
  /** Probability of this place, 0 .. 1. */
  readonly score: number
}

/**
 * Where the time for one piece went, in milliseconds. Pieces that are located together share the inference in equal
 * parts; waiting for other calls is not counted.
 */
export interface Timings {
  readonly decodeMs: number
  readonly preprocessMs: number
  readonly inferenceMs: number
  /** The sum of the others. */
  readonly totalMs: number
}

/** What the models run on. */
export type Backend = 'cpu' | 'wasm' | 'webgpu'

/** Where a piece belongs. */
export interface LocateResult {
  /** Centre of the piece, in pixels of the puzzle picture that was passed in. */
  readonly center: Point
  /** The same point as fractions of width and height, 0 .. 1. */
  readonly centerNorm: Point
  /** Clockwise turn, in degrees, that brings the photographed piece upright: 0 <= x < 360. A regressor expects upright pieces and says 0. */
  readonly rotationDeg: number
  /** Probability that the piece belongs into `cell`, as the model sees it: the attention inside that cell. */
  readonly score: number
  /** The cell's rectangle, in pixels of the puzzle picture. */
  readonly box?: Box
  /** The cell that `center` falls in; row and column count from 0 at the top left. */
  readonly cell?: { readonly row: number; readonly col: number }
  /** The answer first, then the other cells from the most to the least likely. */
  readonly candidates: readonly Candidate[]
  /** Only where it was asked for. */
  readonly heatmap?: Heatmap
  readonly timings: Timings
  readonly backend: Backend
}

/** What is known of a puzzle. */
export interface PuzzleOptions {
  /**
   * Rows and columns of the puzzle; by default the grid that the model was trained on. A regressor answers on any
   * grid, but its measured accuracy holds for its own.
   */
  readonly grid?: Grid
  /** The number of pieces instead: the grid of so many nearly square cells. */
  readonly pieces?: number
}

/** What to answer about a piece. */
export interface LocateOptions {
  /** How many candidates, the answer included; 3 by default. */
  readonly topK?: number
  /** Leaves out other candidates that are less likely than this; 0 by default. */
  readonly minScore?: number
  /** Whether the result carries the attention map; false by default. */
  readonly heatmap?: boolean
}
