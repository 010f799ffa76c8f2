import type { GraphBuilder } from '../onnx/builder.js'
import { onnxTypeNumbers } from '../onnx/data-types.js'
import type { Value } from '../onnx/graph.js'
import { arrayType, tensor } from '../tensor.js'
import { expandLike } from './shapes.js'

/** A scalar constant of the element type of `like`, which is a floating-point type. */
export function scalarLike(b: GraphBuilder, value: number, like: Value): Value {
  const type = like.type === 'float64' ? 'float64' : 'float32'
  return b.constant(tensor(type, [], arrayType(type).of(value)))
}

/** Zeros of the type and shape of `like`. */
export function zerosLike(b: GraphBuilder, like: Value): Value {
  return expandLike(b, scalarLike(b, 0, like), like)
}

/** The value in the element type of `like`. */
export function castLike(b: GraphBuilder, value: Value, like: Value): Value {
  return value.type === like.type ? value : b.emit('Cast', [value], { to: onnxTypeNumbers[like.type] })
}

/** The gradient times a factor; the factor itself where the gradient is the loss's own, the scalar constant 1. */
export function scaleBy(b: GraphBuilder, gradient: Value, factor: Value): Value {
  const isOne = gradient.shape.length === 0 && gradient.name === scalarLike(b, 1, gradient).name
  return isOne ? factor : b.emit('Mul', [gradient, factor])
}
