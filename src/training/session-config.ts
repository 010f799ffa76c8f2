import type { TrainingConfig } from './config.js'
import type { TrainingSessionOptions } from './session/session-options.js'

/** How a configuration's sessions train; what is frozen is the trainer's, epoch by epoch. */
export function sessionOptions({ seed, batchNorm, clipNorm, ema }: TrainingConfig): TrainingSessionOptions {
  return { seed, batchNorm, clipNorm, ema }
}
