/** Where a training stands: between two of its steps, or between two epochs. */
export interface TrainingPosition {
  /** Epochs finished. */
  readonly epoch: number
  /** Steps taken of the epoch that follows; all of them where only its validation is missing. */
  readonly step: number
  /** Of those steps. */
  readonly totals: EpochTotals
  readonly best: BestEpoch | null
}

/** Sums over the steps of an epoch that is under way. */
export interface EpochTotals {
  readonly loss: number
  readonly accuracy: number
  readonly dataMs: number
  readonly stepMs: number
  /** What the epoch took so far, saving included. */
  readonly seconds: number
}

/** The best epoch so far, and what it reached on the validation pictures: null in runs that have none. */
export interface BestEpoch {
  readonly epoch: number
  readonly cellAccuracy: number | null
  readonly mse: number | null
}

/** Of an epoch without a step yet. */
export const noTotals: EpochTotals = { loss: 0, accuracy: 0, dataMs: 0, stepMs: 0, seconds: 0 }

/** Before the first step. */
export const firstPosition: TrainingPosition = { epoch: 0, step: 0, totals: noTotals, best: null }
