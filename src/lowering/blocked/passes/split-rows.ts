import type { Graph, Node } from '../../../onnx/graph.js'
import { findOp, type OpAttributes, resolveAttributes } from '../../../onnx/op-table.js'
import { convolutionShape } from '../convolution.js'
import { splitConvolution } from '../phases.js'
import { GraphIndex, replaceNodes } from './graph-index.js'

/**
 * Marks what lies between an expansion and the depthwise convolution with stride 2 that follows it: these pictures and their gradient
 * have split rows. Nothing else may read them.
 */
export function markSplitRows(graph: Graph): Graph {
  const index = new GraphIndex(graph)
  const replacements = new Map<Node, readonly Node[]>()
  for (const node of graph.nodes) {
    const group = node.opType === 'ConvBatchNorm' ? splitGroup(index, node) : null
    for (const member of group ?? [])
      replacements.set(member, [{ ...member, attributes: { ...member.attributes, split_rows: 1 } }])
  }
  return replaceNodes(graph, replacements)
}

/** The two operators and their gradients, which are the only ones that read what is between; null where that is not so. */
function splitGroup(index: GraphIndex, convolution: Node): readonly Node[] | null {
  const between = convolution.inputs[0]!
  const expansion = index.producer(between)
  if (expansion?.opType !== 'GramConvBatchNorm' || !canSplit(index, convolution)) return null
  const readers = index.consumers(between) ?? []
  const convolutionGrad = readers.find(({ opType }) => opType === 'ConvBatchNormGrad') ?? null
  const gradient = convolutionGrad?.outputs[0]
  const expansionGrad = index.onlyConsumer(gradient)
  if (gradient && expansionGrad?.opType !== 'GramConvBatchNormGrad') return null
  const group = [expansion, convolution, convolutionGrad, expansionGrad].filter(node => node !== null)
  return index.isTakenOnlyBy(between, group) ? group : null
}

function canSplit(index: GraphIndex, { domain, opType, attributes, inputs }: Node): boolean {
  const resolved = resolveAttributes(findOp(domain, opType)!, attributes) as OpAttributes<'ConvBatchNorm'>
  const shape = convolutionShape(resolved, index.shape(inputs[0]!), index.shape(inputs[1]!))
  return shape !== null && splitConvolution(shape) !== null
}
