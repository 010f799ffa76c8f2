import { expected } from '../../errors.js'
import type { Graph } from '../../onnx/graph.js'
import type { ParameterGroup } from '../../optim/param-groups.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'

/** The four files of ONNX Runtime's on-device training, in memory. */
export interface TrainingArtifacts {
  readonly trainingModel: Graph
  readonly evalModel: Graph
  readonly optimizerModel: Graph
  readonly checkpoint: Checkpoint
}

/** File names of the artifacts within their folder; those of ONNX Runtime's own generator. */
export const artifactFiles = {
  trainingModel: 'training_model.onnx',
  evalModel: 'eval_model.onnx',
  optimizerModel: 'optimizer_model.onnx',
  checkpoint: 'checkpoint',
} as const

/** Keys of the property bag that artifacts carry. */
export const propertyNames = { parameterGroups: 'parameter_groups', dropout: 'dropout' } as const

/**
 * The parameter groups of a checkpoint. Artifacts made elsewhere have none: then there is one group of all parameters with ONNX
 * Runtime's default weight decay.
 *
 * @throws E_CHECKPOINT where the groups are no JSON of this form, or do not hold each trainable parameter exactly once
 */
export function readParameterGroups(checkpoint: Checkpoint): readonly ParameterGroup[] {
  const text = checkpoint.properties.get(propertyNames.parameterGroups)
  if (text === undefined) return [{ name: 'group0', weightDecay: 0.01, parameters: [...checkpoint.trainable.keys()] }]
  const groups = parseGroups(text)
  const members = groups.flatMap(group => group.parameters)
  const unknown = members.find(name => !checkpoint.trainable.has(name))
  if (unknown !== undefined)
    throw expected('E_CHECKPOINT', 'names of trainable parameters', 'the parameter groups', unknown)
  if (new Set(members).size !== members.length || members.length !== checkpoint.trainable.size) {
    throw expected(
      'E_CHECKPOINT',
      `each of ${checkpoint.trainable.size} trainable parameters once`,
      'the parameter groups',
      members.length,
    )
  }
  return groups
}

/** The probability of dropping; 0 where the checkpoint tells none. @throws E_CHECKPOINT where it is no probability below 1 */
export function readDropout({ properties }: Checkpoint): number {
  const property = properties.get(propertyNames.dropout) ?? 0
  const probability = property === '' ? Number.NaN : Number(property)
  if (probability >= 0 && probability < 1) return probability
  throw expected('E_CHECKPOINT', 'a probability, 0 <= p < 1', 'the dropout', property)
}

function parseGroups(text: unknown): readonly ParameterGroup[] {
  const groups = parseJson(text)
  const unique = (list: readonly ParameterGroup[]): boolean =>
    new Set(list.map(group => group.name)).size === list.length
  if (Array.isArray(groups) && groups.every(isGroup) && unique(groups)) return groups
  throw expected(
    'E_CHECKPOINT',
    'a list of {name, weightDecay, parameters}, each name once',
    'the parameter groups',
    text,
  )
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}

function isGroup(group: unknown): group is ParameterGroup {
  const { name, weightDecay, parameters } = (group ?? {}) as Partial<ParameterGroup>
  return (
    typeof name === 'string' &&
    /^\w+$/.test(name) &&
    typeof weightDecay === 'number' &&
    Number.isFinite(weightDecay) &&
    weightDecay >= 0 &&
    Array.isArray(parameters) &&
    parameters.length > 0 &&
    parameters.every(parameter => typeof parameter === 'string')
  )
}
