import type { DataType, Tensor } from '../tensor.js'
import { dataTypeOfNumber } from './data-types.js'
import { addDims, divideDims, multiplyDims } from './dims.js'
import type { Dim, Value } from './graph.js'

/** What is known of the elements of a small one-dimensional or scalar value: numbers, or symbolic dimensions. */
export type KnownValues = readonly Dim[]

/** A node as shape arithmetic sees it. */
interface ShapeNode {
  readonly opType: string
  readonly attributes: Record<string, unknown>
  readonly inputs: readonly (Value | null)[]
  readonly known: readonly (KnownValues | null)[]
}

/** Longer values are data, not shapes or the sizes of a Split. */
const longestShapeData = 4096

/** The elements of a constant, where they are few numbers. */
export function knownOfTensor(value: Tensor): KnownValues | null {
  if (value.data.length > longestShapeData || value.dims.length > 1) return null
  return Array.from(value.data as ArrayLike<number | bigint>, Number)
}

/**
 * Evaluates the operators that models compute shapes with (Shape, Gather, Concat, ...), symbolic dimensions included.
 * Gives null for every other operator and wherever an operand is not known.
 */
export function evaluateShapeData(node: ShapeNode): KnownValues | null {
  const [a, b] = node.known
  switch (node.opType) {
    case 'Shape': {
      const { start, end } = node.attributes as { start: number; end: number | undefined }
      return node.inputs[0]!.shape.slice(start, end)
    }
    case 'Size':
      return [multiplyDims(node.inputs[0]!.shape)]
    case 'Cast':
      return a ? castKnown(a, node.attributes.to as number) : null
    case 'Identity':
    case 'Squeeze':
    case 'Unsqueeze':
    case 'Reshape':
      return a ?? null
    case 'Constant':
      return knownOfConstant(node.attributes)
    case 'Concat':
      return concatKnown(node.known)
    case 'Gather':
      return a && b ? gatherKnown(a, b) : null
    case 'Slice':
      return a ? sliceKnown(a, node.known.slice(1)) : null
    case 'Mul':
    case 'Div':
    case 'Add':
    case 'Sub':
      return a && b ? arithmetic(node.opType, a, b, isInteger(node.inputs[0]!.type)) : null
    default:
      return null
  }
}

/** The elements of a Constant node, in whichever attribute it has them. */
function knownOfConstant(attributes: Record<string, unknown>): KnownValues | null {
  const { value, value_int, value_float, value_ints, value_floats } = attributes as Record<
    string,
    number | undefined
  > & {
    value?: Tensor
    value_ints?: readonly number[]
    value_floats?: readonly number[]
  }
  if (value) return knownOfTensor(value)
  const single = value_int ?? value_float
  return single === undefined ? (value_ints ?? value_floats ?? null) : [single]
}

function concatKnown(lists: readonly (KnownValues | null)[]): KnownValues | null {
  const length = lists.reduce((sum, list) => sum + (list?.length ?? Number.POSITIVE_INFINITY), 0)
  return length > longestShapeData ? null : lists.flatMap(list => list!)
}

function gatherKnown(values: KnownValues, indices: KnownValues): KnownValues | null {
  const picked = indices.map(index => (typeof index === 'number' ? values.at(index) : undefined))
  return picked.every(dim => dim !== undefined) ? picked : null
}

function sliceKnown(values: KnownValues, [starts, ends, , steps]: readonly (KnownValues | null)[]): KnownValues | null {
  if (starts?.length !== 1 || ends?.length !== 1 || (steps && steps[0] !== 1)) return null
  return values.slice(Number(starts[0]), Math.min(Number(ends[0]), values.length))
}

function isInteger(type: DataType): boolean {
  return type !== 'float32' && type !== 'float64' && type !== 'float16'
}

/** Conversion to an integer type cuts off the fraction; to bool it asks whether there is something. */
function castKnown(values: KnownValues, to: number): KnownValues | null {
  const type = dataTypeOfNumber(to)
  if (!type || !isInteger(type)) return values
  if (type === 'bool') return values.every(dim => typeof dim === 'number') ? values.map(dim => Number(dim !== 0)) : null
  return values.map(dim => (typeof dim === 'number' ? Math.trunc(dim) : dim))
}

type Arithmetic = 'Mul' | 'Div' | 'Add' | 'Sub'

function arithmetic(opType: Arithmetic, a: KnownValues, b: KnownValues, integer: boolean): KnownValues | null {
  const length = a.length === 0 || b.length === 0 ? 0 : Math.max(a.length, b.length)
  const result: Dim[] = []
  for (let i = 0; i < length; i++) {
    const [x, y] = [a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!]
    const value =
      typeof x === 'number' && typeof y === 'number' ? combineNumbers(opType, x, y, integer) : combineDims(opType, x, y)
    if (value === null) return null
    result.push(value)
  }
  return result
}

function combineNumbers(opType: Arithmetic, x: number, y: number, integer: boolean): number | null {
  if (opType === 'Div' && y === 0) return null
  const value = { Mul: x * y, Add: x + y, Sub: x - y, Div: integer ? Math.trunc(x / y) : x / y }[opType]
  return integer && !Number.isSafeInteger(value) ? null : value
}

/** A quotient of symbols is taken to be whole: what divides a batch size is meant to divide it. */
function combineDims(opType: Arithmetic, x: Dim, y: Dim): Dim | null {
  if ([x, y].some(dim => typeof dim === 'number' && !Number.isSafeInteger(dim))) return null
  if (opType === 'Mul') return multiplyDims([x, y])
  if (opType === 'Add') return addDims([x, y])
  return opType === 'Sub' ? addDims([x, multiplyDims([y, -1])]) : divideDims(x, y)
}
