import type { GraphBuilder } from '../../onnx/builder.js'
import type { Graph, Node, Value } from '../../onnx/graph.js'
import { findOp } from '../../onnx/op-table.js'
import { prune } from '../../onnx/prune.js'
import { type RewriteContext, rewrite } from '../../onnx/rewrite.js'
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
  const replaced = new Set(norms.values())
  return rewrite(graph, {
    node: ({ b, node, inputs }) => {
      if (replaced.has(node)) return [inferenceForm(b, node, inputs)]
      const norm = node.opType === 'BatchNormalizationGrad' ? norms.get(node.inputs[3]!) : undefined
      return norm && [inferenceGradient(b, node, norm, inputs[0]!)]
    },
  })
}

function inferenceForm(b: GraphBuilder, { name, outputs, attributes }: Node, inputs: RewriteContext['inputs']): Value {
  return normalize(b, name, outputs[0]!, inputs, attributes)
}

function inferenceGradient(b: GraphBuilder, node: Node, norm: Node, dy: Value): Value {
  const scale = b.value(norm.inputs[1]!)
  const zeros = b.constant(tensor('float32', scale.shape as number[], new Float32Array(scale.shape[0] as number)))
  const inputs = [dy, scale, zeros, zeros, b.value(norm.inputs[4]!)]
  return normalize(b, node.name, node.outputs[0]!, inputs, norm.attributes)
}

function normalize(
  b: GraphBuilder,
  name: string,
  output: string,
  inputs: RewriteContext['inputs'],
  { epsilon }: Node['attributes'],
): Value {
  const attributes: Node['attributes'] = epsilon === undefined ? {} : { epsilon }
  const request = { name, opType: 'BatchNormalization', domain: '', inputs, outputs: [output], attributes }
  return b.addNode({ ...request, declared: [null] })[0]!
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
