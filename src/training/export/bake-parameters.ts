import { expected } from '../../errors.js'
import { GraphBuilder } from '../../onnx/builder.js'
import { formatType, type Graph } from '../../onnx/graph.js'
import type { Tensor } from '../../tensor.js'

/** Turns the graph inputs that are parameters into initializers. @throws E_SHAPE where a parameter has another type or shape */
export function bakeParameters(graph: Graph, parameters: ReadonlyMap<string, Tensor>): Graph {
  const b = new GraphBuilder(graph.name)
  for (const input of graph.inputs) {
    const { name, type, shape } = input
    const parameter = parameters.get(name)
    if (!parameter) {
      b.input(name, type, shape)
      continue
    }
    const received = formatType({ type: parameter.type, shape: parameter.dims })
    if (received !== formatType(input)) throw expected('E_SHAPE', formatType(input), `parameter "${name}"`, received)
    b.initializer(name, parameter)
  }
  for (const [name, value] of graph.initializers) b.initializer(name, value)
  for (const node of graph.nodes) b.copyNode(node, graph)
  for (const output of graph.outputs) b.output(b.value(output.name))
  return b.build(graph.metadata)
}
