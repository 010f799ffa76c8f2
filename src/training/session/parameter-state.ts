import type { ParameterGroup } from '../../optim/param-groups.js'
import { type Tensor, tensor } from '../../tensor.js'
import { readAverages } from '../checkpoint/averaged-weights.js'
import type { Checkpoint, Moments } from '../checkpoint/checkpoint.js'
import { readUpdates } from './update-counts.js'

/** A trainable parameter with all that training keeps of it, whether it is frozen at the moment or not. */
export interface ParameterState {
  readonly weight: Tensor
  readonly moments: Moments
  /** AdamW steps that it took part in; its bias correction counts these. */
  readonly updates: number
  /** Its moving average; null where there is none yet. */
  readonly average: Tensor | null
}

/** The state of all trainable parameters, by name, as a checkpoint has it; moments that it does not hold are zero. */
export function readParameterStates(checkpoint: Checkpoint): Map<string, ParameterState> {
  const { trainable, optimizer } = checkpoint
  const updates = readUpdates(checkpoint)
  const averages = readAverages(checkpoint)
  return new Map(
    [...trainable].map(([name, weight]) => [
      name,
      {
        weight,
        moments: optimizer?.moments.get(name) ?? { first: zerosLike(weight), second: zerosLike(weight) },
        updates: updates.get(name)!,
        average: averages?.get(name) ?? null,
      },
    ]),
  )
}

/** Parameters of one group that a step treats alike: trained for equally many steps, or frozen. */
export interface Bucket {
  readonly name: string
  readonly group: ParameterGroup
  readonly frozen: boolean
  readonly updates: number
  readonly parameters: readonly string[]
}

/**
 * Sorts the parameters of each group into buckets.
 *
 * @param steps optimizer steps taken so far
 */
export function sortIntoBuckets(
  groups: readonly ParameterGroup[],
  states: ReadonlyMap<string, ParameterState>,
  frozen: ReadonlySet<string>,
  steps: number,
): Bucket[] {
  const buckets = new Map<string, Bucket & { readonly parameters: string[] }>()
  for (const group of groups) {
    for (const parameter of group.parameters) {
      const { updates } = states.get(parameter)!
      const isFrozen = frozen.has(parameter)
      // Names of groups are words, so that these are nobody else's. The start does not change while training goes on.
      const name = isFrozen ? `${group.name}.frozen@${updates}` : `${group.name}@${steps - updates}`
      const bucket = buckets.get(name) ?? { name, group, frozen: isFrozen, updates, parameters: [] }
      buckets.set(name, bucket)
      bucket.parameters.push(parameter)
    }
  }
  return [...buckets.values()]
}

function zerosLike({ dims, data }: Tensor): Tensor {
  return tensor('float32', dims, new Float32Array(data.length))
}
