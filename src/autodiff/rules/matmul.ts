import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { scalarLike, scaleBy } from '../constants.js'
import { type GradientTable, notDifferentiable } from '../rule.js'
import { reshapeLike } from '../shapes.js'
import { unbroadcast } from '../unbroadcast.js'

/** Gradients of matrix products. */
export const matMulGradients = {
  // Y = A B: dA = dY Bᵀ, dB = Aᵀ dY, batch axes that were broadcast summed; a vector is a matrix of one row (A) or column (B)
  MatMul: ({ b, x, dy }) => {
    const [a, c] = [x(0), x(1)]
    const left = () => (a.shape.length === 1 ? b.emit('Unsqueeze', [a, b.ints([0])]) : a)
    const right = () => (c.shape.length === 1 ? b.emit('Unsqueeze', [c, b.ints([1])]) : c)
    const outer = () => withMatrixAxes(b, dy(), a.shape.length === 1, c.shape.length === 1)
    return [
      () => reshapeLike(b, unbroadcast(b, timesTransposed(b, outer(), right()), left()), a),
      () => reshapeLike(b, transposedTimes(b, left(), outer(), right()), c),
    ]
  },
  // Y = alpha A' B' + beta C, A' = A or Aᵀ, B' = B or Bᵀ: dA' = alpha dY B'ᵀ, dB' = alpha A'ᵀ dY, dC = beta dY
  Gemm: ({ b, attributes: { beta, transA, transB }, given: { alpha }, x, dy }) => [
    () =>
      transA
        ? b.emit('Gemm', [x(1), dy()], { alpha, transA: transB, transB: 1 })
        : b.emit('Gemm', [dy(), x(1)], { alpha, transB: transB ? 0 : 1 }),
    () =>
      transB
        ? b.emit('Gemm', [dy(), x(0)], { alpha, transA: 1, transB: transA })
        : b.emit('Gemm', [x(0), dy()], { alpha, transA: transA ? 0 : 1 }),
    () => {
      const summed = unbroadcast(b, dy(), x(2))
      return beta === 1 ? summed : scaleBy(b, summed, scalarLike(b, beta, summed))
    },
  ],
  FusedMatMul: notDifferentiable('only lowered graphs have it'),
} satisfies Partial<GradientTable>

/** dY with the axes of size 1 that the product of vectors does not have. */
function withMatrixAxes(b: GraphBuilder, dy: Value, row: boolean, column: boolean): Value {
  if (!row && !column) return dy
  return b.emit('Unsqueeze', [dy, b.ints(row && column ? [-2, -1] : row ? [-2] : [-1])])
}

/** `P Rᵀ`. */
function timesTransposed(b: GraphBuilder, p: Value, r: Value): Value {
  if (p.shape.length === 2 && r.shape.length === 2) return b.emit('Gemm', [p, r], { transB: 1 })
  return b.emit('MatMul', [p, transpose(b, r)])
}

/** `Lᵀ P` in the shape of `like`; batches of one shared matrix are one long matrix. */
function transposedTimes(b: GraphBuilder, l: Value, p: Value, like: Value): Value {
  if (like.shape.length === 2) return b.emit('Gemm', [rows(b, l), rows(b, p)], { transA: 1 })
  return unbroadcast(b, b.emit('MatMul', [transpose(b, l), p]), like)
}

function rows(b: GraphBuilder, value: Value): Value {
  const columns = value.shape.at(-1)!
  if (value.shape.length === 2) return value
  const shape = typeof columns === 'number' ? b.ints([-1, columns]) : rowsShape(b, value)
  return b.emit('Reshape', [value, shape])
}

function rowsShape(b: GraphBuilder, value: Value): Value {
  return b.emit('Concat', [b.ints([-1]), b.emit('Shape', [value], { start: -1 })], { axis: 0 })
}

function transpose(b: GraphBuilder, value: Value): Value {
  const perm = value.shape.map((_, axis) => axis)
  return b.emit('Transpose', [value], { perm: [...perm.slice(0, -2), perm.at(-1)!, perm.at(-2)!] })
}
