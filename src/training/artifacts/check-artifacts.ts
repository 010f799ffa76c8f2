import { expected } from '../../errors.js'
import { formatType, type Graph } from '../../onnx/graph.js'
import type { Tensor } from '../../tensor.js'
import type { TrainingArtifacts } from './artifacts.js'
import { artifactNames } from './training-model.js'

/**
 * Checks that graphs and checkpoint belong together: every tensor of the checkpoint is a float32 input of both graphs in its shape, and
 * exactly the trainable ones have gradients. What else the graphs take is up to the user.
 *
 * @throws E_CHECKPOINT naming the tensor
 */
export function checkArtifacts({ trainingModel, evalModel, checkpoint }: TrainingArtifacts): void {
  const { trainable, frozen } = checkpoint
  for (const graph of [trainingModel, evalModel]) checkInputs(graph, [...trainable, ...frozen])
  const suffix = artifactNames.accumulationBuffer('')
  const differentiated = trainingModel.inputs
    .filter(input => input.name.endsWith(suffix))
    .map(input => input.name.slice(0, -suffix.length))
  const missing = differentiated.find(name => !trainable.has(name))
  if (missing !== undefined)
    throw expected(
      'E_CHECKPOINT',
      'every parameter with a gradient',
      'the trainable tensors',
      `none called "${missing}"`,
    )
  const extra = [...trainable.keys()].find(name => !differentiated.includes(name))
  if (extra !== undefined) throw expected('E_CHECKPOINT', 'parameters with a gradient', 'the trainable tensors', extra)
}

function checkInputs(graph: Graph, tensors: readonly (readonly [string, Tensor])[]): void {
  const inputs = new Map(graph.inputs.map(input => [input.name, formatType(input)]))
  for (const [name, { type, dims }] of tensors) {
    const input = inputs.get(name)
    if (!input) throw expected('E_CHECKPOINT', `inputs of graph "${graph.name}"`, 'the tensors of the checkpoint', name)
    const received = formatType({ type, shape: dims })
    if (received !== input || type !== 'float32')
      throw expected('E_CHECKPOINT', input, `tensor "${name}" of the checkpoint`, received)
  }
}
