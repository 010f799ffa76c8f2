import type { Graph, Node } from '../../../onnx/graph.js'
import { rewrite } from '../../../onnx/rewrite.js'

/**
 * Nodes that compute the same of the same become one. ONNX Runtime does that too, but not with operators of the blocked layout, and
 * forward and backward pass bring the same values into the same order.
 */
export function mergeEqualNodes(graph: Graph): Graph {
  const outputs = new Set(graph.outputs.map(output => output.name))
  const merged = new Map<string, string>()
  const seen = new Map<string, string>()
  const nodes: Node[] = []
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(name => merged.get(name) ?? name)
    const current = { ...node, inputs }
    const [output] = node.outputs
    const key = node.outputs.length === 1 && !outputs.has(output!) && keyOf(current)
    const equal = key ? seen.get(key) : undefined
    if (equal !== undefined) {
      merged.set(output!, equal)
      continue
    }
    if (key) seen.set(key, output!)
    nodes.push(current)
  }
  return merged.size === 0 ? graph : rewrite({ ...graph, nodes }, {})
}

/** Text that equal nodes share; null for a node of chance, which is equal to none, and for one that holds a tensor. */
function keyOf({ domain, opType, inputs, attributes }: Node): string | null {
  const holdsTensor = Object.values(attributes).some(value => typeof value === 'object' && !Array.isArray(value))
  if (opType === 'Dropout' || holdsTensor) return null
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([domain, opType, inputs, sorted])
}
