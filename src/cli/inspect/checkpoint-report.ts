import { elementCount, type Tensor } from '../../tensor.js'
import { propertyNames, readParameterGroups } from '../../training/artifacts/artifacts.js'
import { averagesProperty } from '../../training/checkpoint/averaged-weights.js'
import type { Checkpoint } from '../../training/checkpoint/checkpoint.js'
import { updateProperties } from '../../training/session/update-counts.js'
import { originsKey, readOrigins, type WeightsOrigin } from '../../training/weights/weights-origin.js'

/** Tensors and the numbers in them. */
export interface Amount {
  readonly tensors: number
  readonly elements: number
}

/** What a checkpoint holds. */
export interface CheckpointReport {
  readonly kind: 'checkpoint'
  readonly parameters: Amount
  readonly groups: readonly (Amount & { readonly name: string; readonly weightDecay: number })[]
  /** Running statistics, and weights that are not trained. */
  readonly frozen: Amount
  readonly optimizerSteps: number
  /** The file that the first weights came from, then the one that those of that file came from; empty where all were random. */
  readonly firstWeights: readonly WeightsOrigin[]
  /** The run's own state; what is above left out. */
  readonly properties: Readonly<Record<string, string | number>>
}

/** Properties that are told otherwise, or are as long as the parameters are many. */
const listed = new Set<string>([
  propertyNames.parameterGroups,
  originsKey,
  averagesProperty,
  ...Object.values(updateProperties),
])

/** Counts what a checkpoint holds, by parameter group. @throws E_CHECKPOINT where its groups contradict its parameters */
export function reportCheckpoint(checkpoint: Checkpoint): CheckpointReport {
  const { trainable, frozen, optimizer, properties } = checkpoint
  return {
    kind: 'checkpoint',
    parameters: amountOf(trainable.values()),
    groups: readParameterGroups(checkpoint).map(({ name, weightDecay, parameters }) => ({
      name,
      weightDecay,
      ...amountOf(parameters.map(parameter => trainable.get(parameter)!)),
    })),
    frozen: amountOf(frozen.values()),
    optimizerSteps: optimizer?.step ?? 0,
    firstWeights: readOrigins(checkpoint),
    properties: Object.fromEntries(
      [...properties]
        .filter(([name]) => !listed.has(name))
        .map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
    ),
  }
}

function amountOf(tensors: Iterable<Tensor>): Amount {
  const sizes = Array.from(tensors, ({ dims }) => elementCount(dims))
  return { tensors: sizes.length, elements: sizes.reduce((sum, size) => sum + size, 0) }
}
