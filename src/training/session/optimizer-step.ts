import { expected, LocatorError } from '../../errors.js'
import type { ModelSession } from '../../model-session.js'
import { adamWDefaults } from '../../optim/adamw.js'
import { clipFactor, globalNorm } from '../../optim/clip.js'
import { adamWCoefficients } from '../../optim/flat-adamw.js'
import { type Tensor, tensor } from '../../tensor.js'
import type { BucketState } from './flat-parameters.js'

/** A learning rate for every parameter group, or one number for all. */
export type LearningRates = number | Readonly<Record<string, number>>

/** What gradients are multiplied with before a step. */
export interface GradientScale {
  readonly factor: number
  /** The norm of all gradients together before clipping; null where nothing is clipped. */
  readonly norm: number | null
}

/**
 * The scale of gradients that are sums over several batches.
 *
 * @param batches what to divide them by
 * @param clipNorm the largest norm that they may have then; null for any
 * @throws E_DIVERGED where they are to be clipped and are no finite numbers
 */
export function gradientScale(
  trained: readonly BucketState[],
  batches: number,
  clipNorm: number | null,
): GradientScale {
  if (clipNorm === null) return { factor: 1 / batches, norm: null }
  const norm = globalNorm(trained.map(bucket => bucket.gradients)) / batches
  if (Number.isFinite(norm)) return { factor: clipFactor(norm, clipNorm) / batches, norm }
  throw new LocatorError('E_DIVERGED', `Expected finite gradients to clip but received a norm of ${norm}.`)
}

/** One AdamW step of the trained buckets; it happens to all of them or, where it fails, to none. @throws E_CONFIG for a bad rate */
export async function stepBuckets(
  optimizer: ModelSession,
  trained: readonly BucketState[],
  rates: LearningRates,
  scale: number,
): Promise<void> {
  const feeds = trained.map(bucket => optimizerFeeds(bucket, rateOf(rates, bucket.group), scale))
  const outputs = await optimizer.run(Object.assign({}, ...feeds) as Record<string, Tensor>)
  for (const bucket of trained) {
    const updated = (part: string): Float32Array =>
      outputs[`${bucket.vector.name}.updated_${part}`]!.data as Float32Array
    bucket.weights = updated('weights')
    bucket.firstMoments = updated('momentums_1')
    bucket.secondMoments = updated('momentums_2')
    bucket.updates++
  }
}

/** What the optimizer's graph is fed for one bucket. */
function optimizerFeeds(bucket: BucketState, learningRate: number, factor: number): Record<string, Tensor> {
  const { vector, weightDecay, updates, gradients } = bucket
  const coefficients = adamWCoefficients(adamWDefaults, { learningRate, weightDecay, step: updates + 1 })
  const whole = (data: Float32Array): Tensor => tensor('float32', [data.length], data)
  const scalar = (value: number): Tensor => tensor('float32', [1], Float32Array.of(value))
  return {
    [`${vector.name}.weights`]: whole(bucket.weights),
    [`${vector.name}.gradients`]: whole(factor === 1 ? gradients : gradients.map(value => factor * value)),
    [`${vector.name}.momentums_1`]: whole(bucket.firstMoments),
    [`${vector.name}.momentums_2`]: whole(bucket.secondMoments),
    [`${vector.name}.decay`]: scalar(coefficients.decay),
    [`${vector.name}.step_size`]: scalar(coefficients.stepSize),
    [`${vector.name}.epsilon`]: scalar(coefficients.epsilon),
  }
}

/** Refuses rates for groups that there are not: a typing error would train nothing. @throws E_CONFIG */
export function checkRates(rates: LearningRates, groups: readonly string[]): void {
  const unknown = typeof rates === 'number' ? undefined : Object.keys(rates).find(name => !groups.includes(name))
  if (unknown !== undefined)
    throw expected('E_CONFIG', `one of the parameter groups ${groups.join(', ')}`, 'a learning rate', unknown)
}

function rateOf(rates: LearningRates, group: string): number {
  const rate = typeof rates === 'number' ? rates : Object.hasOwn(rates, group) ? rates[group] : undefined
  if (typeof rate !== 'number' || !Number.isFinite(rate) || rate < 0) {
    throw expected('E_CONFIG', 'a finite learning rate of at least 0', `parameter group "${group}"`, rate)
  }
  return rate
}
