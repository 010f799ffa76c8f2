import { bytesPerElement, createArray, type DataType, elementCount, type Tensor } from '../tensor.js'

/** More axes than any network has; keeps what is told about a damaged file short. */
const maxRank = 64

/** Whether `dims` can be a tensor's shape: at most 64 whole numbers from 0 up, whose product a number holds exactly. */
export function isShape(dims: readonly number[]): boolean {
  return (
    dims.length <= maxRank &&
    dims.every(dim => Number.isSafeInteger(dim) && dim >= 0) &&
    Number.isSafeInteger(elementCount(dims))
  )
}

/** The size in bytes of a tensor of this type and shape. */
export function byteLengthOf(type: DataType, dims: readonly number[]): number {
  return elementCount(dims) * bytesPerElement(type)
}

/** A tensor's elements as bytes, little-endian as every machine that runs this: a view, not a copy. */
export function tensorBytes(tensor: Tensor): Uint8Array {
  return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)
}

/** A tensor over a copy of `bytes`, whose length must be {@link byteLengthOf} its type and shape. */
export function tensorFromBytes(type: DataType, dims: readonly number[], bytes: Uint8Array): Tensor {
  const tensor = { type, dims, data: createArray(type, elementCount(dims)) }
  tensorBytes(tensor).set(bytes)
  return tensor
}
