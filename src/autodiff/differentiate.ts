import { GraphBuilder } from '../onnx/builder.js'
import type { Graph } from '../onnx/graph.js'
import { renameValues } from '../onnx/rename.js'
import { type Backpropagation, backpropagate } from './backward.js'
import { gradientRules } from './rules/index.js'

/** The name of the gradient of a value, as ONNX Runtime's generator has it. */
export const gradientName = (value: string): string => `${value}_grad`

/**
 * The graph with the backward pass of one of its values appended. The gradient of each value `v` named in `wrt` is the value
 * `v_grad`; so are the gradients in between, each named after the first value that it is the gradient of. Inputs and outputs stay.
 *
 * @param loss the name of a scalar of floating point
 * @param wrt names of the values to differentiate by, and see `appendGradients` for the errors
 */
export function differentiate(graph: Graph, loss: string, wrt: readonly string[]): Graph {
  const b = GraphBuilder.from(graph)
  for (const output of graph.outputs) b.output(b.value(output.name))
  const names = gradientNames(graph, b, backpropagate(b, b.value(loss), wrt, gradientRules))
  return renameValues(b.build(graph.metadata), names)
}

/** New names for the results of the backward nodes, by their old ones. */
function gradientNames(forward: Graph, b: GraphBuilder, { ofNamed, ofAll }: Backpropagation): Map<string, string> {
  const { values, initializers } = b.build()
  const names = new Map<string, string>()
  for (const [name, gradient] of ofNamed) names.set(gradient.name, gradientName(name))
  for (const [name, gradient] of ofAll) {
    const isResult = !forward.values.has(gradient.name) && !initializers.has(gradient.name)
    const isFree = !names.has(gradient.name) && !values.has(gradientName(name))
    if (isResult && isFree && !ofNamed.has(name)) names.set(gradient.name, gradientName(name))
  }
  return names
}
