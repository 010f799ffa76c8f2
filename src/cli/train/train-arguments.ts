import type { ConfigOptions, DataOptions } from '../training-options.js'

/** What `piece-locator train` was told. */
export interface TrainArguments extends ConfigOptions, DataOptions {
  readonly images?: string
  readonly output?: string
  /** A file. */
  readonly config?: string
  /** A run's folder; true for the newest. */
  readonly resume?: string | true
  readonly saveEvery?: number
  /** Milliseconds. */
  readonly maxTime?: number
  readonly overfitBatches?: number
  readonly dryRun?: true
  readonly printConfig?: true
}
