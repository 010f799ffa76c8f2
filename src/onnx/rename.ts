import { expected } from '../errors.js'
import type { Graph, Value } from './graph.js'

/**
 * The same graph with values under other names, wherever they occur.
 *
 * @param names new name by old name
 * @throws E_SHAPE where two values would get one name
 */
export function renameValues(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  const renamed = (name: string): string => names.get(name) ?? name
  const value = (old: Value): Value => ({ ...old, name: renamed(old.name) })
  const values = new Map<string, Value>()
  for (const old of graph.values.values()) {
    const { name } = value(old)
    if (values.has(name)) throw expected('E_SHAPE', 'a name for each value', `renaming in graph "${graph.name}"`, name)
    values.set(name, value(old))
  }
  return {
    ...graph,
    inputs: graph.inputs.map(value),
    outputs: graph.outputs.map(value),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [renamed(name), tensor])),
    nodes: graph.nodes.map(node => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
    values,
  }
}
