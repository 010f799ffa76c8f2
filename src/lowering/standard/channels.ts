import type { GraphBuilder } from '../../onnx/builder.js'
import { isStatic } from '../../onnx/dims.js'
import type { Value } from '../../onnx/graph.js'
import { elementCount, tensor } from '../../tensor.js'

/** The sum of each channel, `[C]`: first within the pictures, then over them, which is faster and rounds less than at once. */
export function sumChannels(b: GraphBuilder, x: Value): Value {
  if (x.shape.length === 2) return b.emit('ReduceSum', [x, b.ints([0])], { keepdims: 0 })
  const rows = b.emit('Reshape', [x, b.ints([0, 0, -1])])
  return b.emit('ReduceSum', [b.emit('ReduceSum', [rows, b.ints([2])], { keepdims: 0 }), b.ints([0])], { keepdims: 0 })
}

/** Per-channel numbers `[C]` as `[1, C, 1, 1]`, to be broadcast over pictures of `rank` axes. */
export function broadcastChannels(b: GraphBuilder, value: Value, rank: number): Value {
  return b.emit('Reshape', [value, b.ints([1, -1, ...Array<number>(rank - 2).fill(1)])])
}

/** The number of elements as a scalar; a constant where the shape is known. */
export function countElements(b: GraphBuilder, value: Value): Value {
  if (isStatic(value.shape)) return b.scalar(elementCount(value.shape))
  return b.emit('Cast', [b.emit('Size', [value])], { to: 1 })
}

/** The number of elements of each channel as a scalar; a constant where the shape is known. */
export function countPerChannel(b: GraphBuilder, value: Value): Value {
  const others = value.shape.filter((_, axis) => axis !== 1)
  return isStatic(others)
    ? b.scalar(elementCount(others))
    : b.emit('Div', [countElements(b, value), b.scalar(value.shape[1] as number)])
}

/** A constant of equal numbers. */
export function filled(b: GraphBuilder, dims: readonly number[], value: number): Value {
  return b.constant(tensor('float32', dims, new Float32Array(elementCount(dims)).fill(value)))
}
