import { expected } from '../../errors.js'
import { formatType, type Value } from '../../onnx/graph.js'
import { elementCount, type Tensor } from '../../tensor.js'

/** Refuses what no input is there for. @throws E_SHAPE */
export function checkFeedNames(inputs: readonly Value[], feeds: Readonly<Record<string, Tensor>>): void {
  const names = inputs.map(input => input.name)
  const unknown = Object.keys(feeds).find(name => !names.includes(name))
  if (unknown !== undefined) throw expected('E_SHAPE', `one of the inputs ${names.join(', ')}`, 'a fed tensor', unknown)
}

/**
 * The numbers that the symbolic dimensions of the inputs stand for in these feeds.
 *
 * @throws E_SHAPE where a tensor is missing, is empty or does not fit
 */
export function bindSizes(inputs: readonly Value[], feeds: Readonly<Record<string, Tensor>>): Record<string, number> {
  const sizes = new Map<string, number>()
  for (const input of inputs) {
    const fed = feeds[input.name]
    const where = `input "${input.name}"`
    if (!fed) throw expected('E_SHAPE', 'a tensor', where, undefined)
    const dims = Array.isArray(fed.dims) ? (fed.dims as readonly number[]) : null
    if (!dims) throw expected('E_SHAPE', formatType(input), where, fed)
    const received = formatType({ type: fed.type, shape: dims })
    const bound = [...sizes].filter(([symbol]) => input.shape.includes(symbol))
    if (fed.type !== input.type || !bindShape(input, dims, sizes)) {
      const wanted = [formatType(input), ...bound.map(([symbol, size]) => `where ${symbol} is ${size},`)].join(', ')
      throw expected('E_SHAPE', wanted, where, received)
    }
    const count = elementCount(dims)
    if (count === 0) throw expected('E_SHAPE', `${formatType(input)} of at least one element`, where, received)
    if (fed.data.length !== count)
      throw expected('E_SHAPE', `${count} elements`, `${where} of shape [${dims}]`, fed.data.length)
  }
  return Object.fromEntries(sizes)
}

/** Notes what the symbols of an input are; false where the dimensions do not fit. */
function bindShape({ shape }: Value, dims: readonly number[], sizes: Map<string, number>): boolean {
  return (
    dims.length === shape.length &&
    shape.every((dim, axis) => {
      if (typeof dim === 'string' && !sizes.has(dim)) sizes.set(dim, dims[axis]!)
      return dims[axis] === (typeof dim === 'number' ? dim : sizes.get(dim))
    })
  )
}
