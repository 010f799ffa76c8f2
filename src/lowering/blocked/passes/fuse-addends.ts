import type { Graph, Node } from '../../../onnx/graph.js'
import { blockedDomain } from '../../../onnx/ops/blocked.js'
import { GraphIndex, replaceNodes } from './graph-index.js'

/**
 * In a lowered graph: a sum of a convolution's result and something else becomes the convolution's addend. Where the convolution has an
 * addend already, which is the result of another convolution, that one takes it.
 */
export function fuseAddends(graph: Graph): Graph {
  const index = new GraphIndex(graph)
  const replacements = new Map<Node, readonly Node[]>()
  for (const node of graph.nodes) {
    if ((node.opType !== 'Add' && node.opType !== 'Sum') || node.inputs.length !== 2) continue
    const chain = node.inputs.map(input => freeChain(index, input, node)).find(found => found !== null)
    if (!chain || chain.some(conv => replacements.has(conv))) continue
    const [first, last] = [chain[0]!, chain.at(-1)!]
    const other = node.inputs.find(input => input !== last.outputs[0])
    if (!other || index.shape(other).join() !== index.shape(node.outputs[0]!).join()) continue
    for (const conv of chain) replacements.set(conv, [])
    const fused = chain.map(conv => (conv === first ? withAddend(conv, other) : conv))
    replacements.set(node, [...fused.slice(0, -1), { ...fused.at(-1)!, outputs: node.outputs }])
  }
  return replaceNodes(graph, replacements)
}

/** The convolutions that add up to a value, from the one that can take an addend on; null where there is none, or others read them. */
function freeChain(index: GraphIndex, value: string, reader: Node): readonly Node[] | null {
  const conv = index.producer(value)
  if (conv?.domain !== blockedDomain || conv.opType !== 'Conv' || index.onlyConsumer(value) !== reader) return null
  if (conv.attributes.activation !== undefined) return null
  const addend = conv.inputs[3]
  if (!addend) return [conv]
  const before = freeChain(index, addend, conv)
  return before && [...before, conv]
}

function withAddend(conv: Node, addend: string): Node {
  const [x, w, bias] = conv.inputs
  return { ...conv, inputs: [x!, w!, bias ?? '', addend] }
}
