import type { Graph, Node } from '../../onnx/graph.js'
import { findOp, resolveAttributes } from '../../onnx/op-table.js'
import { prune } from '../../onnx/prune.js'
import { rewrite } from '../../onnx/rewrite.js'
import { type Tensor, tensor } from '../../tensor.js'

/**
 * Folds each batch-norm in inference form into the convolution before it: with k = scale / sqrt(variance + epsilon), the weights of an
 * output channel become k times theirs and its bias k * (bias - mean) + shift. Only where weights and statistics are
 * constants and nothing else reads the convolution's output. Computed in float64.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const convolutions = foldableConvolutions(graph)
  const constant = (name: string): Float32Array => graph.initializers.get(name)!.data as Float32Array
  const folded = rewrite(graph, {
    node: ({ b, node }) => {
      const convolution = node.opType === 'BatchNormalization' ? convolutions.get(node.inputs[0]!) : undefined
      if (!convolution) return undefined
      const factors = channelFactors(node, constant)
      const weights = scaleChannels(graph.initializers.get(convolution.inputs[1]!)!, factors.scale)
      const old = convolution.inputs[2] ? constant(convolution.inputs[2]) : null
      const bias = factors.shift.map((shift, channel) => shift + factors.scale[channel]! * (old?.[channel] ?? 0))
      const name = convolution.name
      const values = [
        b.value(convolution.inputs[0]!),
        b.initializer(`${name}.folded_weight`, weights),
        b.initializer(`${name}.folded_bias`, tensor('float32', [bias.length], Float32Array.from(bias))),
      ]
      return b.addNode({ ...convolution, name: `${name}.folded`, inputs: values, outputs: [node.outputs[0]!] })
    },
  })
  return prune(folded)
}

/** Convolutions with constant weights that one batch-norm with constants reads, by the name of their output. */
function foldableConvolutions(graph: Graph): Map<string, Node> {
  const readers = new Map<string, Node[]>()
  for (const node of graph.nodes)
    for (const input of new Set(node.inputs)) readers.set(input, [...(readers.get(input) ?? []), node])
  const outputs = new Set(graph.outputs.map(output => output.name))
  const constants = (names: readonly string[]): boolean => names.every(name => graph.initializers.has(name))
  const foldable = graph.nodes.filter(node => {
    if (node.opType !== 'Conv' || !constants(node.inputs.slice(1)) || outputs.has(node.outputs[0]!)) return false
    const reader = readers.get(node.outputs[0]!) ?? []
    return reader.length === 1 && isInferenceNorm(reader[0]!) && constants(reader[0]!.inputs.slice(1))
  })
  return new Map(foldable.map(node => [node.outputs[0]!, node]))
}

function isInferenceNorm({ opType, attributes }: Node): boolean {
  return opType === 'BatchNormalization' && !attributes.training_mode
}

function channelFactors(node: Node, constant: (name: string) => Float32Array): { scale: number[]; shift: number[] } {
  const { epsilon } = resolveAttributes(findOp('', 'BatchNormalization')!, node.attributes) as { epsilon: number }
  const [gamma, beta, mean, variance] = node.inputs.slice(1).map(constant) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  const scale = Array.from(gamma, (value, channel) => value / Math.sqrt(variance[channel]! + epsilon))
  return { scale, shift: scale.map((value, channel) => beta[channel]! - value * mean[channel]!) }
}

function scaleChannels(weights: Tensor, scale: readonly number[]): Tensor {
  const perChannel = weights.data.length / scale.length
  const data = Float32Array.from(weights.data as Float32Array, (value, i) => value * scale[Math.floor(i / perChannel)]!)
  return tensor('float32', weights.dims, data)
}
