import { expected } from '../errors.js'
import { arrayType, bytesPerElement, createArray, type DataType, elementCount, type Tensor, tensor } from '../tensor.js'
import { dataTypeOfNumber } from './data-types.js'
import { type TensorProto, TensorProto_DataLocation } from './proto.js'

/**
 * Reads a tensor; its elements are a copy of its own.
 *
 * @throws E_MODEL for an element type that no tensor here has, for data outside the file, and where data and shape do not fit
 */
export function parseTensor(proto: TensorProto): Tensor {
  const where = `tensor "${proto.name}"`
  const type = elementType(proto.dataType, where)
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL)
    throw expected('E_MODEL', 'data within the file', where, 'external data')
  const dims = proto.dims.map(dim => sizeOf(dim, where))
  const count = elementCount(dims)
  if (proto.rawData.length === 0 && count > 0) return tensor(type, dims, typedFields(proto, type, count))
  if (proto.rawData.length !== count * bytesPerElement(type)) {
    const bytes = `${count * bytesPerElement(type)} bytes`
    throw expected('E_MODEL', bytes, `${where} of shape [${dims}]`, proto.rawData.length)
  }
  // A copy of its own: bytes within the file need not be aligned. (`slice` of a Node Buffer would be no copy.)
  const { buffer } = new Uint8Array(proto.rawData)
  return tensor(type, dims, new (arrayType(type))(buffer) as Tensor['data'])
}

/** The element type of an ONNX type number. @throws E_MODEL where no tensor here has it */
export function elementType(number: number, where: string): DataType {
  return dataTypeOfNumber(number) ?? fail('a numeric element type', where, number)
}

/** A size along one axis. @throws E_MODEL where it is negative or beyond what a number holds */
export function sizeOf(dim: bigint, where: string): number {
  const size = Number(dim)
  return Number.isSafeInteger(size) && size >= 0 ? size : fail('sizes from 0 up to 2^53', where, dim)
}

function fail(what: string, where: string, received: unknown): never {
  throw expected('E_MODEL', what, where, received)
}

/** Small tensors may be stored in fields by type instead of raw bytes. */
function typedFields(proto: TensorProto, type: DataType, count: number): Tensor['data'] {
  const field = fieldOf(proto, type)
  const where = `tensor "${proto.name}"`
  if (field.length !== count) fail(`${count} elements`, where, field.length)
  const data = createArray(type, count)
  const exact = type !== 'float32' && type !== 'float64'
  field.forEach((value, i) => {
    data[i] = type === 'int64' || type === 'uint64' ? BigInt(value) : Number(value)
    if (exact && Number(data[i]) !== Number(value)) fail(`elements of type ${type}`, where, value)
  })
  return data
}

function fieldOf(proto: TensorProto, type: DataType): readonly (number | bigint)[] {
  switch (type) {
    case 'float32':
      return proto.floatData
    case 'float64':
      return proto.doubleData
    case 'int64':
      return proto.int64Data
    case 'uint32':
    case 'uint64':
      return proto.uint64Data
    default:
      return proto.int32Data
  }
}
