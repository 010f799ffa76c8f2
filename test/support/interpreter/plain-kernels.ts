import { elementCount } from '../../../src/tensor.js'

/** A tensor of numbers, integers included. */
export interface Float {
  readonly dims: readonly number[]
  readonly data: Float32Array
}

// biome-ignore lint/suspicious/noExplicitAny: each kernel knows its own attributes
export type Attributes = Readonly<Record<string, any>>

export type Kernel = (inputs: Float[], attributes: Attributes) => Float | Float[]

/** A tensor whose elements a function gives, by position along the axes. */
export function build(dims: readonly number[], at: (position: number[]) => number): Float {
  const data = new Float32Array(elementCount(dims))
  const position = dims.map(() => 0)
  for (let i = 0; i < data.length; i++) {
    data[i] = at(position)
    for (let axis = dims.length - 1; axis >= 0 && ++position[axis]! === dims[axis]; axis--) position[axis] = 0
  }
  return { dims, data }
}

/** The element at a position; axes that the tensor lacks in front, or has only one element of, count as broadcast. */
export function read({ dims, data }: Float, position: readonly number[]): number {
  let offset = 0
  const missing = position.length - dims.length
  for (let axis = 0; axis < dims.length; axis++)
    offset = offset * dims[axis]! + (dims[axis] === 1 ? 0 : position[axis + missing]!)
  return data[offset]!
}

const unary =
  (f: (x: number, attributes: Attributes) => number): Kernel =>
  ([x], attributes) => ({ dims: x!.dims, data: x!.data.map(value => f(value, attributes)) })

const binary =
  (f: (x: number, y: number) => number): Kernel =>
  inputs =>
    inputs.reduce((x, y) => {
      const rank = Math.max(x.dims.length, y.dims.length)
      const dims = Array.from({ length: rank }, (_, i) => Math.max(x.dims.at(i - rank) ?? 1, y.dims.at(i - rank) ?? 1))
      return build(dims, position => f(read(x, position), read(y, position)))
    })

function reduce(x: Float, axes: readonly number[], keepdims: number, scale: (count: number) => number): Float {
  const reduced = x.dims.map((_, axis) => axes.length === 0 || axes.includes(axis))
  const full = x.dims.map((dim, axis) => (reduced[axis] ? 1 : dim))
  const sums = new Float64Array(elementCount(full))
  build(x.dims, position => {
    let offset = 0
    for (let axis = 0; axis < full.length; axis++) offset = offset * full[axis]! + (reduced[axis] ? 0 : position[axis]!)
    sums[offset]! += read(x, position)
    return 0
  })
  const factor = scale(x.data.length / sums.length)
  return {
    dims: keepdims ? full : full.filter((_, axis) => !reduced[axis]),
    data: Float32Array.from(sums, sum => sum * factor),
  }
}

function transpose(x: Float, perm: readonly number[]): Float {
  const source = x.dims.map(() => 0)
  return build(
    perm.map(axis => x.dims[axis]!),
    position => {
      perm.forEach((axis, i) => {
        source[axis] = position[i]!
      })
      return read(x, source)
    },
  )
}

function matMul(a: Float, b: Float): Float {
  const left = a.dims.length === 1 ? { ...a, dims: [1, ...a.dims] } : a
  const right = b.dims.length === 1 ? { ...b, dims: [...b.dims, 1] } : b
  const [m, k, n] = [left.dims.at(-2)!, left.dims.at(-1)!, right.dims.at(-1)!]
  const batch = left.dims.length >= right.dims.length ? left.dims.slice(0, -2) : right.dims.slice(0, -2)
  const result = build([...batch, m, n], position => {
    const [row, column] = position.slice(-2)
    const before = position.slice(0, -2)
    let sum = 0
    for (let i = 0; i < k; i++) sum += read(left, [...before, row!, i]) * read(right, [...before, i, column!])
    return sum
  })
  return {
    dims: [...batch, ...(a.dims.length === 1 ? [] : [m]), ...(b.dims.length === 1 ? [] : [n])],
    data: result.data,
  }
}

const clip = (x: number): number => Math.min(Math.max(x, 0), 1)

/** Standard operators. */
export const plainKernels: Readonly<Record<string, Kernel>> = {
  Identity: ([x]) => x!,
  Cast: ([x]) => x!,
  Neg: unary(x => -x),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary(x => 1 / x),
  Relu: unary(x => Math.max(x, 0)),
  HardSigmoid: unary((x, { alpha, beta }) => clip(alpha * x + beta)),
  HardSwish: unary(x => x * clip(x / 6 + 0.5)),
  Round: unary(x => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))),
  Add: binary((x, y) => x + y),
  Sum: binary((x, y) => x + y),
  Sub: binary((x, y) => x - y),
  Mul: binary((x, y) => x * y),
  Div: binary((x, y) => x / y),
  Max: binary(Math.max),
  ReduceSum: ([x, axes], { keepdims }) => reduce(x!, axes ? [...axes.data] : [], keepdims, () => 1),
  ReduceMean: ([x], { axes, keepdims }) => reduce(x!, axes, keepdims, count => 1 / count),
  MatMul: ([a, b]) => matMul(a!, b!),
  Gemm: ([a, b, c], { transA, transB }) => {
    const product = matMul(transA ? transpose(a!, [1, 0]) : a!, transB ? transpose(b!, [1, 0]) : b!)
    return c ? build(product.dims, position => read(product, position) + read(c, position)) : product
  },
  Reshape: ([x, shape]) => {
    const given = Array.from(shape!.data, (dim, axis) => (dim === 0 ? x!.dims[axis]! : dim))
    const known = given.reduce((product, dim) => (dim === -1 ? product : product * dim), 1)
    return { dims: given.map(dim => (dim === -1 ? x!.data.length / known : dim)), data: x!.data }
  },
  Transpose: ([x], { perm }) => transpose(x!, perm),
  Expand: ([x, shape]) => build([...shape!.data], position => read(x!, position)),
  Pad: ([x, pads]) => {
    const rank = x!.dims.length
    const dims = x!.dims.map((dim, axis) => dim + pads!.data[axis]! + pads!.data[axis + rank]!)
    return build(dims, position => {
      const source = position.map((i, axis) => i - pads!.data[axis]!)
      return source.every((i, axis) => i >= 0 && i < x!.dims[axis]!) ? read(x!, source) : 0
    })
  },
  Slice: ([x, starts, ends, axes]) => {
    const dims = [...x!.dims]
    const offset = dims.map(() => 0)
    axes!.data.forEach((axis, i) => {
      offset[axis] = starts!.data[i]!
      dims[axis] = Math.min(ends!.data[i]!, x!.dims[axis]!) - starts!.data[i]!
    })
    return build(dims, position =>
      read(
        x!,
        position.map((i, axis) => i + offset[axis]!),
      ),
    )
  },
  Gather: ([x, indices], { axis }) =>
    build(
      x!.dims.map((dim, i) => (i === axis ? indices!.data.length : dim)),
      position =>
        read(
          x!,
          position.map((i, a) => (a === axis ? indices!.data[i]! : i)),
        ),
    ),
  Concat: (inputs, { axis }) => {
    const sources = inputs.flatMap(x => Array.from({ length: x.dims[axis]! }, (_, i) => [x, i] as const))
    return build(
      inputs[0]!.dims.map((dim, i) => (i === axis ? sources.length : dim)),
      position => {
        const [part, own] = sources[position[axis]!]!
        return read(part, position.with(axis, own))
      },
    )
  },
}
