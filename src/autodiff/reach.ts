import type { Graph, Node } from '../onnx/graph.js'
import { opKey } from '../onnx/op-table.js'
import type { DataType } from '../tensor.js'
import type { GradientTable } from './rule.js'

/**
 * The values that a gradient must pass on its way to the values named in `wrt`, these included: everything computed from them,
 * except past operators that let no gradient through.
 */
export function dependents(graph: Graph, wrt: Iterable<string>, rules: GradientTable): ReadonlySet<string> {
  const reached = new Set(wrt)
  for (const node of graph.nodes) {
    if (!node.inputs.some(input => reached.has(input)) || letsNothingThrough(node, rules)) continue
    for (const output of node.outputs) {
      if (output !== '' && isFloat(graph.values.get(output)!.type)) reached.add(output)
    }
  }
  return reached
}

/** Whether values of a type can have gradients. */
export function isFloat(type: DataType): boolean {
  return type === 'float32' || type === 'float64'
}

function letsNothingThrough({ domain, opType }: Node, rules: GradientTable): boolean {
  const entry = rules[opKey(domain, opType)!]
  return typeof entry !== 'function' && entry.kind === 'no gradient'
}
