import { type ParameterGroupName, parameterGroup } from '../nn/network.js'

/** How fast a group of parameters learns. */
export interface GroupRates {
  readonly learningRate: number
  /** Decoupled, as AdamW's. */
  readonly weightDecay: number
}

/** A named set of parameters with its own learning rate and weight decay. */
export interface ParameterGroup extends GroupRates {
  readonly name: ParameterGroupName
  readonly parameters: readonly string[]
}

/**
 * Sorts trainable parameters into their groups, which come in the order of `rates`; groups without a parameter are left out.
 *
 * @throws E_CONFIG for a parameter that belongs to no group
 */
export function groupParameters(
  names: readonly string[],
  rates: Readonly<Record<ParameterGroupName, GroupRates>>,
): ParameterGroup[] {
  const groups = Object.entries(rates) as [ParameterGroupName, GroupRates][]
  return groups
    .map(([name, rate]) => ({
      name,
      ...rate,
      parameters: names.filter(parameter => parameterGroup(parameter) === name),
    }))
    .filter(group => group.parameters.length > 0)
}
