import { expected } from '../../errors.js'
import { type FlatVector, flatNames } from '../../lowering/flat-state.js'
import type { ParameterGroup } from '../../optim/param-groups.js'
import type { Tensor } from '../../tensor.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { type BucketState, createBucketState, entriesOf, pack, unpack } from './flat-parameters.js'
import { type ParameterState, sortIntoBuckets } from './parameter-state.js'

/** The vector of {@link createStatistics}. */
const statisticsVector = 'frozen'

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

/** Takes the gradients and the new running statistics that a train step gave. */
export function takeTrainStep(
  outputs: Readonly<Record<string, Tensor>>,
  trained: readonly BucketState[],
  statistics: Statistics | null,
): void {
  for (const bucket of trained)
    bucket.gradients = outputs[flatNames.gradients(bucket.vector.name)]!.data as Float32Array
  const updated = outputs[flatNames.updated(statisticsVector)]
  if (statistics && updated) statistics.data = updated.data as Float32Array
}

/** What undoes {@link takeTrainStep}: steps replace vectors and write into none. */
export function rememberTrainStep(trained: readonly BucketState[], statistics: Statistics | null): () => void {
  const [gradients, data] = [trained.map(bucket => bucket.gradients), statistics?.data]
  return () => {
    for (const [i, bucket] of trained.entries()) bucket.gradients = gradients[i]!
    if (statistics) statistics.data = data!
  }
}

/** Copies of parameters, in the order of the groups, and of running statistics. */
export function allTensors(
  groups: readonly ParameterGroup[],
  buckets: readonly BucketState[],
  statistics: Statistics | null,
  weightsOf: (bucket: BucketState) => Float32Array,
): Map<string, Tensor<'float32'>> {
  const tensors = new Map(buckets.flatMap(bucket => [...unpack(bucket.vector, weightsOf(bucket))]))
  const names = groups.flatMap(group => group.parameters)
  const others = statistics ? unpack(statistics.vector, statistics.data) : []
  return new Map([...names.map(name => [name, tensors.get(name)!] as const), ...others])
}
