import { expected } from '../../errors.js'
import { GraphBuilder } from '../../onnx/builder.js'
import type { Graph } from '../../onnx/graph.js'
import type { Tensor } from '../../tensor.js'

/** Turns the graph inputs that are parameters into initializers. @throws E_SHAPE where a parameter has another shape */
export function bakeParameters(graph: Graph, parameters: ReadonlyMap<string, Tensor>): Graph {
  const b = new GraphBuilder(graph.name)
  for (const input of graph.inputs) {
    const parameter = parameters.get(input.name)
    if (!parameter) b.input(input.name, input.type, input.shape)
    else if (parameter.dims.join() === input.shape.join()) b.initializer(input.name, parameter)
    else throw expected('E_SHAPE', `shape [${input.shape}]`, `parameter "${input.name}"`, parameter.dims)
  }
  for (const [name, value] of graph.initializers) b.initializer(name, value)
  for (const node of graph.nodes) b.copyNode(node, graph)
  for (const output of graph.outputs) b.output(b.value(output.name))
  return b.build(graph.metadata)
}
