import type { GraphBuilder } from '../onnx/builder.js'
import type { Value } from '../onnx/graph.js'

/**
 * Sums a gradient back to the shape of the operand that was broadcast: over the axes that `operand` lacks, and over those where
 * it has size 1 and the gradient has not. Symbolic sizes count as different from 1.
 */
export function unbroadcast(b: GraphBuilder, gradient: Value, operand: Value): Value {
  const missing = gradient.shape.length - operand.shape.length
  const leading = Array.from({ length: missing }, (_, axis) => axis)
  const stretched = operand.shape.flatMap((dim, i) =>
    dim === 1 && gradient.shape[i + missing] !== 1 ? [i + missing] : [],
  )
  const axes = [...leading, ...stretched]
  if (axes.length === 0) return gradient
  if (stretched.length === 0) return b.emit('ReduceSum', [gradient, b.ints(axes)], { keepdims: 0 })
  const summed = b.emit('ReduceSum', [gradient, b.ints(axes)])
  return missing === 0 ? summed : b.emit('Squeeze', [summed, b.ints(leading)])
}
