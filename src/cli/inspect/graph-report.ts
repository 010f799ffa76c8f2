import { formatType, type Graph } from '../../onnx/graph.js'
import { elementCount } from '../../tensor.js'

/** What a graph is made of. */
export interface GraphReport {
  readonly kind: 'graph'
  readonly name: string
  /** Versions of the operator sets, `ai.onnx` being ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>
  readonly inputs: readonly { readonly name: string; readonly type: string }[]
  readonly outputs: readonly { readonly name: string; readonly type: string }[]
  /** Tensors that the file itself carries. */
  readonly constants: { readonly tensors: number; readonly elements: number }
  readonly nodes: number
  /** How many nodes each operator has, the most frequent first. */
  readonly operators: Readonly<Record<string, number>>
  readonly functions: readonly string[]
}

/** Counts and lists what a graph is made of. */
export function reportGraph(graph: Graph): GraphReport {
  const typed = (values: Graph['inputs']) => values.map(value => ({ name: value.name, type: formatType(value) }))
  const sizes = Array.from(graph.initializers.values(), ({ dims }) => elementCount(dims))
  return {
    kind: 'graph',
    name: graph.name,
    opsets: Object.fromEntries(Object.entries(graph.opsets).map(([domain, version]) => [domain || 'ai.onnx', version])),
    inputs: typed(graph.inputs),
    outputs: typed(graph.outputs),
    constants: { tensors: sizes.length, elements: sizes.reduce((sum, size) => sum + size, 0) },
    nodes: graph.nodes.length,
    operators: countOperators(graph),
    functions: graph.functions.map(fn => `${fn.domain}.${fn.name}`),
  }
}

function countOperators({ nodes }: Graph): Record<string, number> {
  const counts = new Map<string, number>()
  for (const { domain, opType } of nodes) {
    const name = domain === '' ? opType : `${domain}.${opType}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)))
}
