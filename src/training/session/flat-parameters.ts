import type { FlatEntry, FlatVector } from '../../lowering/flat-state.js'
import type { ParameterGroup } from '../../optim/param-groups.js'
import { elementCount, type Tensor, tensor } from '../../tensor.js'
import type { Checkpoint, Moments } from '../checkpoint/checkpoint.js'

/** What AdamW keeps for one parameter group, each a float32 vector over the group's parameters end to end. */
export interface GroupState {
  readonly vector: FlatVector
  readonly weightDecay: number
  weights: Float32Array
  gradients: Float32Array
  firstMoments: Float32Array
  secondMoments: Float32Array
}

/** One group's state as a checkpoint has it; gradients start at zero, and so do moments that it does not hold. */
export function createGroupState(group: ParameterGroup, checkpoint: Checkpoint): GroupState {
  const vector: FlatVector = { name: group.name, entries: entriesOf(group.parameters, checkpoint.trainable) }
  const moments = checkpoint.optimizer?.moments
  const packed = (part: 'first' | 'second'): Float32Array =>
    moments && moments.size > 0
      ? pack(vector, name => moments.get(name)![part])
      : new Float32Array(vectorLength(vector))
  return {
    vector,
    weightDecay: group.weightDecay,
    weights: pack(vector, name => checkpoint.trainable.get(name)!),
    gradients: new Float32Array(vectorLength(vector)),
    firstMoments: packed('first'),
    secondMoments: packed('second'),
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

/** The moments of all groups, by parameter. */
export function unpackMoments(groups: readonly GroupState[]): Map<string, Moments> {
  const moments = new Map<string, Moments>()
  for (const { vector, firstMoments, secondMoments } of groups) {
    const second = unpack(vector, secondMoments)
    for (const [name, first] of unpack(vector, firstMoments)) moments.set(name, { first, second: second.get(name)! })
  }
  return moments
}
