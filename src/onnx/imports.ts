import { type FunctionDefinition, type Node, type OpsetImports, onnxOpset } from './graph.js'
import { localFunctions } from './local-functions.js'

/** The operator sets that a model with these nodes must import. */
export function opsetsOf(nodes: readonly Node[]): OpsetImports {
  const others = new Set(nodes.map(node => node.domain).filter(domain => domain !== ''))
  return { '': onnxOpset, ...Object.fromEntries([...others].sort().map(domain => [domain, 1])) }
}

/** The functions that a model with these nodes must carry. */
export function functionsOf(nodes: readonly Node[]): readonly FunctionDefinition[] {
  return Object.values(localFunctions).filter(fn =>
    nodes.some(node => node.domain === fn.domain && node.opType === fn.name),
  )
}
