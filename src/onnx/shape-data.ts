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
    case 'Concat':
      return node.known.every(known => known !== null) ? node.known.flat() : null
    case 'Gather':
      return a && b ? b.map(index => a.at(Number(index))!) : null
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

function sliceKnown(values: KnownValues, [starts, ends, , steps]: readonly (KnownValues | null)[]): KnownValues | null {
  if (starts?.length !== 1 || ends?.length !== 1 || (steps && steps[0] !== 1)) return null
  return values.slice(Number(starts[0]), Math.min(Number(ends[0]), values.length))
}

function isInteger(type: DataType): boolean {
  return type !== 'float32' && type !== 'float64' && type !== 'float16'
}

/** Conversion to an integer type cuts off the fraction. */
function castKnown(values: KnownValues, to: number): KnownValues {
  const type = dataTypeOfNumber(to)
  return type && isInteger(type) ? values.map(dim => (typeof dim === 'number' ? Math.trunc(dim) : dim)) : values
}

function arithmetic(
  opType: 'Mul' | 'Div' | 'Add' | 'Sub',
  a: KnownValues,
  b: KnownValues,
  integer: boolean,
): KnownValues | null {
  const result: Dim[] = []
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!]
    const value = combine(opType, x, y, integer)
    if (value === null) return null
    result.push(value)
  }
  return result
}

function combine(opType: 'Mul' | 'Div' | 'Add' | 'Sub', x: Dim, y: Dim, integer: boolean): Dim | null {
  if (opType === 'Mul') return multiplyDims([x, y])
  if (opType === 'Add') return addDims([x, y])
  if (opType === 'Sub') return typeof y === 'number' ? addDims([x, -y]) : null
  if (typeof x === 'number' && typeof y === 'number') return y === 0 ? null : integer ? Math.trunc(x / y) : x / y
  return divideDims(x, y)
}
