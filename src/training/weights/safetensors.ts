import { describe, expected } from '../../errors.js'
import { type DataType, elementCount, type Tensor, tensor } from '../../tensor.js'
import { byteLengthOf, isShape, tensorBytes, tensorFromBytes } from '../tensor-bytes.js'
import { damaged } from './damaged.js'
import { bfloat16ToFloat32 } from './half-floats.js'

/**
 * The format's names, in the order in which the reference implementation lays tensors out: larger elements first, so
 * that every tensor is aligned.
 */
const dtypeNames: Readonly<Record<DataType, string>> = {
  uint64: 'U64',
  int64: 'I64',
  float64: 'F64',
  float32: 'F32',
  uint32: 'U32',
  int32: 'I32',
  float16: 'F16',
  uint16: 'U16',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
}
const dataTypes = new Map(Object.entries(dtypeNames).map(([type, name]) => [name, type as DataType]))
const layoutOrder = Object.keys(dtypeNames)

/** The reference implementation's limit. */
const maxHeaderBytes = 100_000_000

const metadataKey = '__metadata__'

/** What a safetensors file holds: tensors by name, in the order of their data, and texts about them. */
export interface SafetensorsFile {
  readonly tensors: Map<string, Tensor>
  readonly metadata: Map<string, string>
}

/**
 * Writes the safetensors format, byte for byte as Hugging Face's implementation does; the map's order does not matter.
 *
 * @see https://huggingface.co/docs/safetensors
 * @throws E_SHAPE a tensor whose data does not fit its shape; E_MODEL a name that the format reserves
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const entries = [...tensors].sort(([nameA, a], [nameB, b]) => {
    const byType = layoutOrder.indexOf(a.type) - layoutOrder.indexOf(b.type)
    return byType || (nameA < nameB ? -1 : 1)
  })
  // Text by text instead of one object: an object would move names that look like numbers to the front.
  const fields = metadata.size > 0 ? [`"${metadataKey}":${JSON.stringify(Object.fromEntries(metadata))}`] : []
  let end = 0
  for (const [name, tensor] of entries) {
    checkTensor(name, tensor)
    const begin = end
    end += tensor.data.byteLength
    const entry = { dtype: dtypeNames[tensor.type], shape: tensor.dims, data_offsets: [begin, end] }
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`)
  }
  const header = new TextEncoder().encode(`{${fields.join(',')}}`)
  let position = 8 + 8 * Math.ceil(header.length / 8)
  const bytes = new Uint8Array(position + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(position - 8), true)
  bytes.fill(0x20, 8, position)
  bytes.set(header, 8)
  for (const [, tensor] of entries) {
    bytes.set(tensorBytes(tensor), position)
    position += tensor.data.byteLength
  }
  return bytes
}

function checkTensor(name: string, { type, dims, data }: Tensor): void {
  if (name === metadataKey || /\p{Surrogate}/u.test(name)) {
    throw expected('E_MODEL', `a name in valid Unicode, other than ${metadataKey}`, 'a tensor of safetensors', name)
  }
  if (!isShape(dims) || elementCount(dims) !== data.length) {
    throw expected('E_SHAPE', `elements of shape [${dims}]`, `${type} tensor ${describe(name)}`, data.length)
  }
}

/**
 * Reads the safetensors format. The bytes may come from anywhere: whatever they are, the result is whole tensors (copies)
 * or an error, in time and memory proportional to their length. BF16 is read as float32, exactly; the eight-bit floats
 * are refused.
 *
 * @param source names the file in errors
 * @throws E_MODEL damaged, or with a data type that this package does not have
 */
export function decodeSafetensors(bytes: Uint8Array, source = 'the safetensors file'): SafetensorsFile {
  const { header, data } = splitFile(bytes, source)
  const entries: Entry[] = []
  const metadata = new Map<string, string>()
  for (const [name, value] of Object.entries(header)) {
    if (name === metadataKey) readMetadata(value, metadata, source)
    else entries.push(readEntry(name, value, source))
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)

  const tensors = new Map<string, Tensor>()
  let position = 0
  for (const entry of entries) {
    if (entry.begin !== position || entry.end > data.length) {
      const what = `data from byte ${position} on, within ${data.length} bytes`
      throw damaged(what, entry.where, `bytes ${entry.begin} to ${entry.end}`)
    }
    tensors.set(entry.name, readTensor(entry, data.subarray(entry.begin, entry.end)))
    position = entry.end
  }
  if (position !== data.length) throw damaged(`${position} bytes of data`, source, `${data.length} bytes`)
  return { tensors, metadata }
}

interface Entry {
  readonly name: string
  readonly where: string
  readonly dtype: DataType | 'bfloat16'
  readonly dims: readonly number[]
  readonly begin: number
  readonly end: number
}

function splitFile(bytes: Uint8Array, source: string): { header: object; data: Uint8Array } {
  if (bytes.length < 8) throw damaged('at least 8 bytes', source, `${bytes.length}`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true))
  const limit = Math.min(bytes.length - 8, maxHeaderBytes)
  if (length > limit) throw damaged(`a header of at most ${limit} bytes`, source, `a length of ${length}`)
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)))
  } catch (cause) {
    throw damaged('a header in JSON', source, 'something else', cause)
  }
  if (!isObject(header)) throw damaged('a JSON object as header', source, 'another JSON value')
  return { header, data: bytes.subarray(8 + length) }
}

function readMetadata(value: unknown, metadata: Map<string, string>, source: string): void {
  const where = `the metadata of ${source}`
  if (!isObject(value)) throw damaged('a JSON object', where, 'another JSON value')
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw damaged(`a text under ${describe(key)}`, where, 'another JSON value')
    metadata.set(key, text)
  }
}

function readEntry(name: string, value: unknown, source: string): Entry {
  const where = `tensor ${describe(name)} of ${source}`
  const { dtype, shape, data_offsets: offsets } = (isObject(value) ? value : {}) as Record<string, unknown>
  const type = dtype === 'BF16' ? 'bfloat16' : dataTypes.get(dtype as string)
  if (!type) {
    const what = `one of ${[...dataTypes.keys(), 'BF16'].join(', ')}`
    throw expected('E_MODEL', what, where, typeof dtype === 'string' ? dtype : undefined)
  }
  if (!isNumbers(shape) || !isShape(shape)) {
    throw damaged('a shape of at most 64 whole numbers from 0 up', where, 'something else')
  }
  if (!isNumbers(offsets) || offsets.length !== 2 || !offsets.every(Number.isSafeInteger)) {
    throw damaged('data_offsets of two whole numbers', where, 'something else')
  }
  const [begin, end] = offsets as [number, number]
  const byteLength = byteLengthOf(type === 'bfloat16' ? 'uint16' : type, shape)
  if (end - begin !== byteLength) {
    throw damaged(`${byteLength} bytes of ${type} [${shape}]`, where, `bytes ${begin} to ${end}`)
  }
  return { name, where, dtype: type, dims: shape, begin, end }
}

function readTensor({ dtype, dims }: Entry, bytes: Uint8Array): Tensor {
  if (dtype !== 'bfloat16') return tensorFromBytes(dtype, dims, bytes)
  return tensor('float32', dims, bfloat16ToFloat32(bytes))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(item => typeof item === 'number')
}
