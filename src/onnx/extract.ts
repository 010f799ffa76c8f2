import { expected } from '../errors.js'
import { GraphBuilder } from './builder.js'
import type { Graph } from './graph.js'
import { nodesLeadingTo, prune } from './prune.js'

/**
 * The part of a graph between some of its values, as a graph of its own. Values named in `inputs` become inputs, whether they
 * were computed or fed before; what they were computed from is left behind.
 *
 * @throws E_SHAPE where there is no such input, or the outputs need one that is not named
 */
export function extractSubgraph(
  graph: Graph,
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
): Graph {
  const b = new GraphBuilder(name)
  const cut = new Set(inputs)
  for (const input of inputs) {
    const value = graph.values.get(input)
    if (!value) throw expected('E_SHAPE', 'a value of the graph', `an input of "${name}"`, input)
    b.input(input, value.type, value.shape)
  }
  for (const [initializer, value] of graph.initializers) if (!cut.has(initializer)) b.initializer(initializer, value)
  // What a node still computes of the values that are inputs now goes by another name.
  const renamed = graph.nodes.map(node => ({
    ...node,
    outputs: node.outputs.map(output => (cut.has(output) ? `${output}.computed` : output)),
  }))
  for (const node of nodesLeadingTo(renamed, outputs)) b.copyNode(node, graph)
  for (const output of outputs) b.output(b.value(output))
  return prune(b.build(graph.metadata))
}
