import { differentiate, gradientName } from '../../autodiff/differentiate.js'
import { expected } from '../../errors.js'
import { GraphBuilder } from '../../onnx/builder.js'
import type { Graph } from '../../onnx/graph.js'

/** Names that ONNX Runtime's training session gives meaning to (orttraining's `module.cc`). */
export const artifactNames = {
  resetFlag: 'lazy_reset_grad',
  accumulationBuffer: (parameter: string): string => `${parameter}_grad.accumulation.buffer`,
  accumulationFlag: (parameter: string): string => `${parameter}_grad.accumulation.out`,
} as const

/** The runtime takes every input or output with such an end for a gradient of its own. */
const reservedEnds = ['_grad', '_grad.accumulation.buffer', '_grad.accumulation.out']

/**
 * Turns a forward graph into a `training_model.onnx`: appends the backward pass of its first output, the loss, and one
 * `InPlaceAccumulatorV2` per trainable parameter. Inputs come in ONNX Runtime's order: the forward graph's, the gradient buffers,
 * `lazy_reset_grad`; outputs: the forward graph's, then one flag per parameter.
 *
 * @param trainable names of graph inputs, in the order of the graph's inputs
 * @throws E_CONFIG where an input or output has a name that the runtime would take for a gradient
 */
export function buildTrainingModel(forward: Graph, trainable: readonly string[]): Graph {
  for (const { name } of [...forward.inputs, ...forward.outputs]) {
    const end = reservedEnds.find(reserved => name.endsWith(reserved))
    if (end)
      throw expected('E_CONFIG', `a name that does not end in "${end}"`, 'an input or output of a training graph', name)
  }
  const b = GraphBuilder.from(differentiate(forward, forward.outputs[0]!.name, trainable))
  for (const output of forward.outputs) b.output(b.value(output.name))
  const buffers = trainable.map(name => b.input(artifactNames.accumulationBuffer(name), 'float32', b.value(name).shape))
  const resetFlag = b.input(artifactNames.resetFlag, 'bool', [1])
  trainable.forEach((name, i) => {
    const options = { name: `${name}_grad.accumulation`, outputs: [artifactNames.accumulationFlag(name)] }
    b.output(b.emit('InPlaceAccumulatorV2', [buffers[i]!, b.value(gradientName(name)), resetFlag], {}, options))
  })
  return b.build(forward.metadata)
}
