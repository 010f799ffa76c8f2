import { GraphBuilder } from '../../onnx/builder.js'
import { onnxTypeNumbers } from '../../onnx/data-types.js'
import type { Graph } from '../../onnx/graph.js'

/** Lets a graph take a picture input as bytes, 0..255, and divides by 255 within. */
export function takeBytes(graph: Graph, picture: string): Graph {
  const b = new GraphBuilder(graph.name)
  const bytes = graph.inputs.map(input =>
    b.input(input.name, input.name === picture ? 'uint8' : input.type, input.shape),
  )
  for (const [name, value] of graph.initializers) b.initializer(name, value)
  const raw = bytes.find(input => input.name === picture)!
  const floats = b.emit('Cast', [raw], { to: onnxTypeNumbers.float32 }, { name: `${picture}.float` })
  const unit = b.emit('Div', [floats, b.scalar(255)], {}, { name: `${picture}.unit` })
  for (const node of graph.nodes) {
    b.copyNode({ ...node, inputs: node.inputs.map(name => (name === picture ? unit.name : name)) }, graph)
  }
  for (const output of graph.outputs) b.output(b.value(output.name))
  return b.build(graph.metadata)
}
