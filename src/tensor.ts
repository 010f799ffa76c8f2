import { expected } from './errors.js'

/** Element types that this package reads, writes and computes with; ONNX's names in lower case. */
export type DataType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  /** IEEE half precision, as raw 16-bit patterns. */
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  /** One byte an element, 0 or 1. */
  bool: Uint8Array,
} as const

interface TypedArrays {
  float32: Float32Array
  float64: Float64Array
  float16: Uint16Array
  int8: Int8Array
  uint8: Uint8Array
  int16: Int16Array
  uint16: Uint16Array
  int32: Int32Array
  uint32: Uint32Array
  int64: BigInt64Array
  uint64: BigUint64Array
  bool: Uint8Array
}

/** The typed array that holds elements of a data type. */
export type ArrayOf<T extends DataType> = TypedArrays[T]

/** A dense, row-major tensor in memory. `dims` is empty for a scalar. */
export interface Tensor<T extends DataType = DataType> {
  readonly type: T
  readonly dims: readonly number[]
  readonly data: ArrayOf<T>
}

/** A tensor over existing data. @throws E_SHAPE where the data's length is not the product of `dims` */
export function tensor<T extends DataType>(type: T, dims: readonly number[], data: ArrayOf<T>): Tensor<T> {
  if (data.length !== elementCount(dims)) {
    throw expected('E_SHAPE', `${elementCount(dims)} elements`, `a ${type} tensor of shape [${dims}]`, data.length)
  }
  return { type, dims, data }
}

/** A tensor of zeros. */
export function zeros<T extends DataType>(type: T, dims: readonly number[]): Tensor<T> {
  return { type, dims, data: createArray(type, elementCount(dims)) }
}

/** A zeroed typed array for `length` elements of a data type. */
export function createArray<T extends DataType>(type: T, length: number): ArrayOf<T> {
  return new arrayTypes[type](length) as ArrayOf<T>
}

/** The typed-array class of a data type. */
export function arrayType<T extends DataType>(type: T): (typeof arrayTypes)[T] {
  return arrayTypes[type]
}

/** Bytes per element. */
export function bytesPerElement(type: DataType): number {
  return arrayTypes[type].BYTES_PER_ELEMENT
}

/** The product of the dimensions; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1)
}
