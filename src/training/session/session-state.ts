import { expected } from '../../errors.js'
import type { FlatVector } from '../../lowering/flat-state.js'
import type { ParameterGroup } from '../../optim/param-groups.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { type BucketState, createBucketState, entriesOf, pack } from './flat-parameters.js'
import { type ParameterState, sortIntoBuckets } from './parameter-state.js'

/** The vector of {@link createStatistics}. */
export const statisticsVector = 'frozen'

/** Running statistics end to end. */
export interface Statistics {
  readonly vector: FlatVector
  data: Float32Array
}

/** The vector of running statistics and of all else that is no parameter; null where there is nothing. */
export function createStatistics({ frozen }: Checkpoint): Statistics | null {
  if (frozen.size === 0) return null
  const vector = { name: statisticsVector, entries: entriesOf([...frozen.keys()], frozen) }
  return { vector, data: pack(vector, name => frozen.get(name)!) }
}

/** The buckets of all parameters. @param steps optimizer steps taken @throws E_CONFIG where all parameters are frozen */
export function createBuckets(
  groups: readonly ParameterGroup[],
  states: ReadonlyMap<string, ParameterState>,
  frozen: ReadonlySet<string>,
  steps: number,
): BucketState[] {
  if (frozen.size === states.size) throw expected('E_CONFIG', 'a parameter to train', 'the frozen parameters', 'all')
  return sortIntoBuckets(groups, states, frozen, steps).map(bucket => createBucketState(bucket, states))
}

/** The parameters whose names fit a pattern. @throws E_CONFIG where a pattern fits none */
export function matching(
  patterns: readonly RegExp[],
  states: ReadonlyMap<string, ParameterState>,
): ReadonlySet<string> {
  const names = [...states.keys()]
  const found = patterns.map(pattern => names.filter(name => name.search(pattern) >= 0))
  const idle = found.findIndex(matches => matches.length === 0)
  if (idle >= 0)
    throw expected('E_CONFIG', 'patterns of trainable parameters', 'the frozen parameters', String(patterns[idle]))
  return new Set(found.flat())
}
