import type { FlatEntry, FlatVector } from '../../lowering/flat-state.js'
import { averageInto } from '../../optim/ema.js'
import { elementCount, type Tensor, tensor } from '../../tensor.js'
import type { Bucket, ParameterState } from './parameter-state.js'

/** All that training keeps of a bucket's parameters, each a float32 vector of them end to end. */
export interface BucketState {
  readonly vector: FlatVector
  /** Names the learning rate. */
  readonly group: string
  readonly weightDecay: number
  readonly frozen: boolean
  /** AdamW steps that the parameters took part in. */
  updates: number
  weights: Float32Array
  gradients: Float32Array
  firstMoments: Float32Array
  secondMoments: Float32Array
  /** Moving averages; null before the first. */
  average: Float32Array | null
}

/** A bucket's parameters laid end to end; gradients start at zero. */
export function createBucketState(bucket: Bucket, states: ReadonlyMap<string, ParameterState>): BucketState {
  const stateOf = (name: string): ParameterState => states.get(name)!
  const entries = bucket.parameters.map(name => ({ name, shape: stateOf(name).weight.dims }))
  const vector = { name: bucket.name, entries }
  const averaged = bucket.parameters.every(name => stateOf(name).average)
  return {
    vector,
    group: bucket.group.name,
    weightDecay: bucket.group.weightDecay,
    frozen: bucket.frozen,
    updates: bucket.updates,
    weights: pack(vector, name => stateOf(name).weight),
    gradients: new Float32Array(bucket.frozen ? 0 : vectorLength(vector)),
    firstMoments: pack(vector, name => stateOf(name).moments.first),
    secondMoments: pack(vector, name => stateOf(name).moments.second),
    average: averaged ? pack(vector, name => stateOf(name).average!) : null,
  }
}

/** The state of each parameter; copies. */
export function parameterStates(buckets: readonly BucketState[]): Map<string, ParameterState> {
  return new Map(
    buckets.flatMap(({ vector, weights, firstMoments, secondMoments, average, updates }) => {
      const [weight, first, second] = [weights, firstMoments, secondMoments].map(data => unpack(vector, data))
      const averages = average && unpack(vector, average)
      return vector.entries.map(({ name }) => {
        const moments = { first: first!.get(name)!, second: second!.get(name)! }
        return [name, { weight: weight!.get(name)!, moments, updates, average: averages?.get(name) ?? null }] as const
      })
    }),
  )
}

/** Moves the averages towards the weights; the first time they become the weights, as PyTorch's `AveragedModel`. */
export function averageBuckets(buckets: readonly BucketState[], decay: number): void {
  for (const bucket of buckets) {
    if (bucket.average) averageInto(bucket.average, bucket.weights, decay)
    else bucket.average = bucket.weights.slice()
  }
}

/** Names and shapes, in the order in which they lie in a vector. */
export function entriesOf(names: readonly string[], tensors: ReadonlyMap<string, Tensor>): readonly FlatEntry[] {
  return names.map(name => ({ name, shape: tensors.get(name)!.dims }))
}

/** The number of elements of a vector. */
export function vectorLength(vector: FlatVector): number {
  return vector.entries.reduce((sum, entry) => sum + elementCount(entry.shape), 0)
}

/** Lays tensors end to end. */
export function pack(vector: FlatVector, tensorOf: (name: string) => Tensor): Float32Array {
  const data = new Float32Array(vectorLength(vector))
  let offset = 0
  for (const { name } of vector.entries) {
    const part = tensorOf(name).data as Float32Array
    data.set(part, offset)
    offset += part.length
  }
  return data
}

/** The tensors of a vector, by name; copies, so that later steps do not change them. */
export function unpack(vector: FlatVector, data: Float32Array): Map<string, Tensor<'float32'>> {
  const tensors = new Map<string, Tensor<'float32'>>()
  let offset = 0
  for (const { name, shape } of vector.entries) {
    const length = elementCount(shape)
    tensors.set(name, tensor('float32', shape, data.slice(offset, offset + length)))
    offset += length
  }
  return tensors
}
