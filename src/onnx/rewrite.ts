import { expected } from '../errors.js'
import { GraphBuilder } from './builder.js'
import type { Graph, Node, Shape, Value } from './graph.js'

/** One node of the graph that is being rewritten, with its inputs as they are in the new graph. */
export interface RewriteContext {
  readonly b: GraphBuilder
  readonly node: Node
  readonly inputs: readonly (Value | null)[]
  /** The type that the old graph gave a value, by its old name. */
  original(name: string): Value | null
}

export interface RewriteOptions {
  /** The new shape of a graph input; its own where this is left out. */
  readonly inputShape?: (input: Value) => Shape
  /** Emits what replaces a node and returns its outputs in order; undefined copies the node. */
  readonly node?: (context: RewriteContext) => readonly (Value | null)[] | undefined
  /** The value to give out for a graph output, whose old type is `original`; by default the value that took its place. */
  readonly output?: (b: GraphBuilder, value: Value, original: Value) => Value
}

/**
 * Builds a graph anew, node by node, inferring every shape again: the frame of specialization, lowering and folding passes.
 * Graph inputs, outputs and whatever is copied keep their names.
 */
export function rewrite(graph: Graph, options: RewriteOptions): Graph {
  const b = new GraphBuilder(graph.name)
  const mapped = new Map<string, Value>()
  for (const input of graph.inputs) {
    mapped.set(input.name, b.input(input.name, input.type, options.inputShape?.(input) ?? input.shape, input.sequence))
  }
  for (const [name, value] of graph.initializers) mapped.set(name, b.initializer(name, value))
  const original = (name: string): Value | null => graph.values.get(name) ?? null
  const find = (name: string): Value =>
    mapped.get(name) ?? fail('a value that an earlier node gives', `graph "${graph.name}"`, name)
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(name => (name === '' ? null : find(name)))
    const replaced = options.node?.({ b, node, inputs, original })
    const outputs = replaced ?? b.addNode({ ...node, inputs, declared: node.outputs.map(original) })
    node.outputs.forEach((name, i) => {
      const value = outputs[i]
      if (name !== '' && value) mapped.set(name, value)
    })
  }
  for (const output of graph.outputs) {
    const value = find(output.name)
    b.output(options.output?.(b, value, output) ?? value, output.name)
  }
  return b.build(graph.metadata)
}

function fail(what: string, where: string, received: string): never {
  throw expected('E_SHAPE', what, where, received)
}

/** The graph with symbolic dimensions replaced by numbers wherever `sizes` names them, in every shape. */
export function specialize(graph: Graph, sizes: Readonly<Record<string, number>>): Graph {
  return rewrite(graph, {
    inputShape: input =>
      input.shape.map(dim => (typeof dim === 'string' && Object.hasOwn(sizes, dim) ? sizes[dim]! : dim)),
  })
}
