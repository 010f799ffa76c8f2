import type { Graph, Node, Value } from './graph.js'
import { functionsOf, opsetsOf } from './imports.js'

/** The nodes that the given values depend on, in order. */
export function nodesLeadingTo(nodes: readonly Node[], names: Iterable<string>): Node[] {
  const wanted = new Set(names)
  const kept: Node[] = []
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!
    if (!node.outputs.some(output => wanted.has(output))) continue
    for (const input of node.inputs) if (input !== '') wanted.add(input)
    kept.push(node)
  }
  return kept.reverse()
}

/** The graph without the nodes and initializers that lead to none of its outputs. Its inputs stay. */
export function prune(graph: Graph): Graph {
  const nodes = nodesLeadingTo(
    graph.nodes,
    graph.outputs.map(output => output.name),
  )
  const used = new Set([...nodes.flatMap(node => node.inputs), ...graph.outputs.map(output => output.name)])
  const initializers = new Map([...graph.initializers].filter(([name]) => used.has(name)))
  const kept = new Set([
    ...graph.inputs.map(input => input.name),
    ...initializers.keys(),
    ...nodes.flatMap(node => node.outputs),
  ])
  const values = new Map<string, Value>([...graph.values].filter(([name]) => kept.has(name)))
  return { ...graph, initializers, nodes, values, functions: functionsOf(nodes), opsets: opsetsOf(nodes) }
}
