import { elementCount } from '../../tensor.js'
import { readParameterGroups } from '../artifacts/artifacts.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'

/** What is trained, by group, and what is not; `params.json`. */
export interface ParameterList {
  readonly formatVersion: 1
  /** Numbers that are trained. */
  readonly trainable: number
  readonly groups: readonly {
    readonly name: string
    readonly weightDecay: number
    readonly count: number
    readonly parameters: readonly ListedParameter[]
  }[]
  /** Running statistics, and weights that are not trained. */
  readonly frozen: { readonly count: number; readonly parameters: readonly ListedParameter[] }
}

export interface ListedParameter {
  readonly name: string
  readonly shape: readonly number[]
}

/** Lists a checkpoint's parameters. @throws E_CHECKPOINT where its groups contradict its parameters */
export function listParameters(checkpoint: Checkpoint): ParameterList {
  const { trainable, frozen } = checkpoint
  const listed = (names: readonly string[], tensors: Checkpoint['trainable']): ListedParameter[] =>
    names.map(name => ({ name, shape: tensors.get(name)!.dims }))
  const groups = readParameterGroups(checkpoint).map(({ name, weightDecay, parameters }) => {
    const shapes = listed(parameters, trainable)
    return { name, weightDecay, count: countOf(shapes), parameters: shapes }
  })
  const fixed = listed([...frozen.keys()], frozen)
  return {
    formatVersion: 1,
    trainable: groups.reduce((sum, group) => sum + group.count, 0),
    groups,
    frozen: { count: countOf(fixed), parameters: fixed },
  }
}

function countOf(parameters: readonly ListedParameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0)
}
