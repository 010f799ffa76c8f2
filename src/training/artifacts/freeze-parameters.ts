import type { Graph, Node } from '../../onnx/graph.js'
import { findOp } from '../../onnx/op-table.js'
import { prune } from '../../onnx/prune.js'
import { rewrite } from '../../onnx/rewrite.js'
import { tensor } from '../../tensor.js'
import { artifactNames } from './training-model.js'

/** How batch-norms run whose scale and shift are frozen: by the batch's statistics, moving the running ones, or by the running ones. */
export type FrozenBatchNorm = 'batch' | 'frozen'

/**
 * A training graph that trains fewer parameters. The frozen ones stay inputs; their accumulators are gone, and with them all backward work
 * that nothing else needs. Inputs and outputs are in the order of `buildTrainingModel`, as ONNX Runtime's training session wants them.
 *
 * @param names trainable parameters to freeze; names without an accumulator change nothing
 */
export function freezeParameters(
  trainingModel: Graph,
  names: Iterable<string>,
  { batchNorm }: { readonly batchNorm: FrozenBatchNorm },
): Graph {
  const frozen = new Set(names)
  const lean = dropUnread(prune(dropAccumulators(trainingModel, frozen)))
  return batchNorm === 'frozen' ? fixStatistics(lean, frozen) : lean
}

function dropAccumulators(graph: Graph, frozen: ReadonlySet<string>): Graph {
  const of = (name: (parameter: string) => string): Set<string> => new Set([...frozen].map(name))
  const buffers = of(artifactNames.accumulationBuffer)
  const flags = of(artifactNames.accumulationFlag)
  return {
    ...graph,
    inputs: graph.inputs.filter(input => !buffers.has(input.name)),
    nodes: graph.nodes.filter(node => !flags.has(node.outputs[0]!)),
    outputs: graph.outputs.filter(output => !flags.has(output.name)),
  }
}

/**
 * Batch-norms with frozen scale and shift in inference form, in a graph that has no accumulators of these any more. Its gradient is the
 * same without shifts: dX = scale dY / sqrt(running variance + epsilon).
 */
function fixStatistics(graph: Graph, frozen: ReadonlySet<string>): Graph {
  const isFixed = (node: Node): boolean =>
    node.opType === 'BatchNormInternal' && frozen.has(node.inputs[1]!) && frozen.has(node.inputs[2]!)
  const norms = new Map(graph.nodes.filter(isFixed).map(node => [node.outputs[3], node]))
  const gradients = new Set<Node>()
  const nodes = graph.nodes.map(node => {
    if (isFixed(node)) return inferenceForm(node, node.inputs, node)
    const norm = node.opType === 'BatchNormalizationGrad' ? norms.get(node.inputs[3]!) : undefined
    if (!norm) return node
    const gradient = inferenceForm(node, [node.inputs[0]!, norm.inputs[1]!, '', '', norm.inputs[4]!], norm)
    gradients.add(gradient)
    return gradient
  })
  return rewrite(
    { ...graph, nodes },
    {
      node: ({ b, node, inputs }) => {
        if (!gradients.has(node)) return undefined
        const [dy, scale, , , variance] = inputs
        const zeros = b.constant(
          tensor('float32', scale!.shape as number[], new Float32Array(scale!.shape[0] as number)),
        )
        return b.addNode({ ...node, inputs: [dy!, scale!, zeros, zeros, variance!], declared: [null] })
      },
    },
  )
}

/** A node of the given name and first output that normalizes as `norm` does in inference. */
function inferenceForm({ name, outputs }: Node, inputs: readonly string[], { attributes: { epsilon } }: Node): Node {
  const attributes: Node['attributes'] = epsilon === undefined ? {} : { epsilon }
  return { name, opType: 'BatchNormalization', domain: '', inputs, outputs: outputs.slice(0, 1), attributes }
}

/** Outputs of gradient operators that nothing reads any more are left out, where the operator allows it. */
function dropUnread(graph: Graph): Graph {
  const read = new Set([...graph.nodes.flatMap(node => node.inputs), ...graph.outputs.map(output => output.name)])
  return rewrite({ ...graph, nodes: graph.nodes.map(node => ({ ...node, outputs: wantedOutputs(node, read) })) }, {})
}

/** Not of others: batch-norm's unread outputs are the running statistics, which ONNX Runtime's kernel writes into its inputs. */
function wantedOutputs(node: Node, read: ReadonlySet<string>): readonly string[] {
  if (!node.opType.endsWith('Grad')) return node.outputs
  const formal = findOp(node.domain, node.opType)?.outputs ?? []
  const outputs = node.outputs.map((output, i) => (read.has(output) || !formal[i]?.endsWith('?') ? output : ''))
  return outputs.slice(0, outputs.findLastIndex(output => output !== '') + 1)
}
