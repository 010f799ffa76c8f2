import { expected } from '../../../errors.js'
import type { Graph, Node } from '../../../onnx/graph.js'
import { rewrite } from '../../../onnx/rewrite.js'

/** Who gives and who takes the values of a graph. */
export class GraphIndex {
  private readonly producers = new Map<string, Node>()
  private readonly readers = new Map<string, Node[]>()
  private readonly outputs: ReadonlySet<string>
  private readonly names: Set<string>

  constructor(readonly graph: Graph) {
    this.outputs = new Set(graph.outputs.map(output => output.name))
    this.names = new Set(graph.values.keys())
    for (const node of graph.nodes) {
      for (const output of node.outputs) this.producers.set(output, node)
      for (const input of new Set(node.inputs)) {
        const list = this.readers.get(input)
        if (list) list.push(node)
        else this.readers.set(input, [node])
      }
    }
  }

  /** The node that gives a value; null for graph inputs and constants. */
  producer(value: string | undefined): Node | null {
    return this.producers.get(value ?? '') ?? null
  }

  /** The nodes that take a value; null where it is an output of the graph, which anybody may read. */
  consumers(value: string | undefined): readonly Node[] | null {
    if (!value) return []
    return this.outputs.has(value) ? null : (this.readers.get(value) ?? [])
  }

  /** Whether a value is taken by the given nodes only. */
  isTakenOnlyBy(value: string | undefined, nodes: readonly (Node | null)[]): boolean {
    return this.consumers(value)?.every(node => nodes.includes(node)) ?? false
  }

  /** The only node that takes a value, where there is one. */
  onlyConsumer(value: string | undefined): Node | null {
    const all = this.consumers(value)
    return all?.length === 1 ? all[0]! : null
  }

  /** The shape of a value, every size known. */
  shape(value: string): readonly number[] {
    const found = this.graph.values.get(value)
    if (!found) throw expected('E_SHAPE', 'a value of the graph', 'a fusion', value)
    return found.shape as readonly number[]
  }

  /** The integers of a constant; null for any other value. */
  integers(value: string | undefined): readonly number[] | null {
    const tensor = this.graph.initializers.get(value ?? '')
    return tensor?.type === 'int64' ? Array.from(tensor.data as BigInt64Array, Number) : null
  }

  /** A name that no value has yet. */
  freshName(base: string): string {
    let name = base
    for (let i = 1; this.names.has(name); i++) name = `${base}_${i}`
    this.names.add(name)
    return name
  }
}

/** The graph with nodes replaced by others, which give the same values by name. */
export function replaceNodes(graph: Graph, replacements: ReadonlyMap<Node, readonly Node[]>): Graph {
  if (replacements.size === 0) return graph
  const nodes = graph.nodes.flatMap(node => replacements.get(node) ?? [node])
  return rewrite({ ...graph, nodes }, {})
}
