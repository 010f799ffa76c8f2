import { type ParameterGroupName, parameterGroup } from '../nn/network.js'

/** A named set of parameters that share a weight decay; their learning rate comes with each step. */
export interface ParameterGroup {
  readonly name: string
  /** Decoupled, as AdamW's. */
  readonly weightDecay: number
  readonly parameters: readonly string[]
}

/** In this order, which is that of the learning rates wherever they are told. */
const groupNames = ['backbone', 'correlation', 'refinement'] as const satisfies readonly ParameterGroupName[]

/**
 * Sorts trainable parameters into their groups; groups without a parameter are left out.
 *
 * @throws E_CONFIG for a parameter that belongs to no group
 */
export function groupParameters(names: readonly string[], weightDecay: number): ParameterGroup[] {
  return groupNames
    .map(name => ({ name, weightDecay, parameters: names.filter(parameter => parameterGroup(parameter) === name) }))
    .filter(group => group.parameters.length > 0)
}
