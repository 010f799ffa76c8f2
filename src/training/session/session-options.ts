import { expected } from '../../errors.js'
import type { FrozenBatchNorm } from '../artifacts/freeze-parameters.js'
import type { LoweringRequest } from './choose-lowering.js'

/** How a session trains. */
export interface TrainingSessionOptions {
  /** Seed of the dropout factors; a checkpoint that holds a generator's state continues with that. Default 1. */
  readonly seed?: number
  /** How the graphs run; `auto`, the default, is the fastest way that the runtime has. */
  readonly lowering?: LoweringRequest
  /** Patterns of the names of parameters that are not trained; what the checkpoint was saved with by default. */
  readonly frozen?: readonly RegExp[]
  /** How batch-norms of frozen layers run; `batch` by default. */
  readonly batchNorm?: FrozenBatchNorm
  /** The largest norm of all gradients together that a step uses, as `torch.nn.utils.clip_grad_norm_`; null, the default, for any. */
  readonly clipNorm?: number | null
  /**
   * The decay of a moving average of the weights, 0 < decay < 1, updated after each optimizer step, which the first one starts: PyTorch's
   * `AveragedModel` with `get_ema_multi_avg_fn`. Running statistics are not averaged. Null, the default, for none.
   */
  readonly ema?: number | null
}

/** Refuses numbers that cannot be meant. @throws E_CONFIG */
export function checkOptions({ seed = 1, clipNorm = null, ema = null }: TrainingSessionOptions): void {
  if (!Number.isSafeInteger(seed)) throw expected('E_CONFIG', 'a whole number', 'seed', seed)
  if (clipNorm !== null && !(clipNorm > 0)) throw expected('E_CONFIG', 'a norm above 0, or null', 'clipNorm', clipNorm)
  if (ema !== null && !(ema > 0 && ema < 1)) throw expected('E_CONFIG', 'a decay, 0 < d < 1, or null', 'ema', ema)
}

/** What an optimizer step did. */
export interface OptimizerStep {
  /** The norm of all gradients together before clipping; null where nothing is clipped. */
  readonly gradientNorm: number | null
}
