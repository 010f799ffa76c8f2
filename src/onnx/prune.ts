import type { Graph, Node, Value } from './graph.js'

/** The nodes that the given values depend on, in order. */
export function nodesLeadingTo(nodes: readonly Node[], names: Iterable<string>): Node[] {
  const wanted = new Set(names)
  const kept: Node[] = []
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!
    if (!node.outputs.some(output => wanted.has(output))) continue
    for (const input of node.inputs) wanted.add(input)
    kept.push(node)
  }
  return kept.reverse()
}

/** The graph without nodes, initializers and (unless `keepInputs`) inputs that lead to none of its outputs. */
export function prune(graph: Graph, keepInputs = true): Graph {
  const nodes = nodesLeadingTo(
    graph.nodes,
    graph.outputs.map(output => output.name),
  )
  const used = new Set([...nodes.flatMap(node => node.inputs), ...graph.outputs.map(output => output.name)])
  const inputs = keepInputs ? graph.inputs : graph.inputs.filter(input => used.has(input.name))
  const initializers = new Map([...graph.initializers].filter(([name]) => used.has(name)))
  const kept = new Set([
    ...inputs.map(input => input.name),
    ...initializers.keys(),
    ...nodes.flatMap(node => node.outputs),
  ])
  const values = new Map<string, Value>([...graph.values].filter(([name]) => kept.has(name)))
  const functions = graph.functions.filter(fn =>
    nodes.some(node => node.domain === fn.domain && node.opType === fn.name),
  )
  return { ...graph, inputs, initializers, nodes, values, functions }
}
