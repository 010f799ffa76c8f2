import { expected } from '../errors.js'
import { formatType, type Graph, type Value } from './graph.js'
import { rewrite } from './rewrite.js'

/**
 * Checks a graph from scratch: names unique, nodes in topological order, every operator known, every type and shape what its
 * operator's rule says, operator sets and functions those that the nodes need.
 *
 * @throws E_SHAPE or E_OP_UNSUPPORTED, naming the node or value
 */
export function checkGraph(graph: Graph): void {
  const inferred = rewrite(graph, {})
  for (const name of new Set([...graph.values.keys(), ...inferred.values.keys()]))
    compare(graph, `value "${name}"`, graph.values.get(name), inferred.values.get(name))
  for (const output of graph.outputs)
    compare(graph, `output "${output.name}"`, output, inferred.values.get(output.name))
  const domains = Object.keys(inferred.opsets).find(domain => !Object.hasOwn(graph.opsets, domain))
  if (domains !== undefined) throw expected('E_SHAPE', `an import of "${domains}"`, `graph "${graph.name}"`, undefined)
  const missing = inferred.functions.find(fn => !graph.functions.includes(fn))
  if (missing)
    throw expected('E_SHAPE', `function ${missing.domain}.${missing.name}`, `graph "${graph.name}"`, undefined)
}

function compare(graph: Graph, where: string, given: Value | undefined, inferred: Value | undefined): void {
  const type = (value: Value | undefined): string => (value ? formatType(value) : 'no type')
  if (type(given) === type(inferred)) return
  throw expected('E_SHAPE', type(inferred), `${where} of graph "${graph.name}"`, type(given))
}
