import { LocatorError } from '../errors.js'
import { formatType, type Graph } from './graph.js'
import { rewrite } from './rewrite.js'

/**
 * Checks a graph from scratch: names unique, nodes in topological order, every operator known, every type and shape what its
 * operator's rule says.
 *
 * @throws E_SHAPE or E_OP_UNSUPPORTED, naming the node or value
 */
export function checkGraph(graph: Graph): void {
  const inferred = rewrite(graph, {}).values
  for (const [name, value] of graph.values) {
    const own = inferred.get(name)
    if (own && formatType(own) === formatType(value)) continue
    const received = own ? formatType(own) : 'no such value'
    throw new LocatorError(
      'E_SHAPE',
      `Expected ${formatType(value)} for value "${name}" of graph "${graph.name}" but received ${received}.`,
    )
  }
}
