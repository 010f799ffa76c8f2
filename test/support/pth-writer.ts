import type { Tensor } from '../../src/tensor.js'
import { tensorBytes } from '../../src/training/tensor-bytes.js'
import { crc32 } from '../../src/training/weights/crc32.js'

/** What of a zip entry is written other than it is. */
export interface ZipLies {
  readonly method?: number
  readonly flags?: number
  readonly size?: number
  readonly crc32?: number
  readonly offset?: number
  /** In the entry's own header only. */
  readonly name?: string
}

/** A zip file of stored entries, as `torch.save` writes it but for padding. */
export function writeZip(
  entries: Iterable<readonly [name: string, data: Uint8Array]>,
  lies: Readonly<Record<string, ZipLies>> = {},
): Uint8Array {
  const chunks: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, data] of entries) {
    const lie = lies[name] ?? {}
    const text = Buffer.from(name)
    const inHeader = Buffer.from(lie.name ?? name)
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x04034b50, 0)
    header.writeUInt16LE(inHeader.length, 26)
    const record = Buffer.alloc(46)
    record.writeUInt32LE(0x02014b50, 0)
    record.writeUInt16LE(lie.flags ?? 0x808, 8)
    record.writeUInt16LE(lie.method ?? 0, 10)
    record.writeUInt32LE(lie.crc32 ?? crc32(data), 16)
    record.writeUInt32LE(lie.size ?? data.length, 20)
    record.writeUInt32LE(lie.size ?? data.length, 24)
    record.writeUInt16LE(text.length, 28)
    record.writeUInt32LE(lie.offset ?? offset, 42)
    directory.push(record, text)
    chunks.push(header, inHeader, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
    offset += header.length + inHeader.length + data.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(directory.length / 2, 8)
  end.writeUInt16LE(directory.length / 2, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...chunks, ...directory, end])
}

/** Bytes of a pickle program, one character each. */
export function bytesOf(program: string): Uint8Array {
  return Buffer.from(program, 'latin1')
}

/** The opcode that pushes a text. */
export function text(value: string): string {
  const bytes = Buffer.from(value)
  return `X${int32(bytes.length)}${bytes.toString('latin1')}`
}

/** The opcode that pushes a whole number. */
export function int(value: number): string {
  return `J${int32(value)}`
}

/** The opcodes that push a tuple of whole numbers. */
export function ints(values: readonly number[]): string {
  return `(${values.map(int).join('')}t`
}

export interface View {
  readonly key: string
  readonly type?: string
  /** Elements of the storage. */
  readonly count: number
  readonly offset?: number
  readonly dims: readonly number[]
  readonly strides: readonly number[]
}

/** The opcodes that push a tensor. */
export function tensorProgram({ key, type = 'FloatStorage', count, offset = 0, dims, strides }: View): string {
  const storage = `(${text('storage')}ctorch\n${type}\n${text(key)}${text('cpu')}${int(count)}tQ`
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${int(offset)}${ints(dims)}${ints(strides)}\x89ccollections\nOrderedDict\n)RtR`
}

/** A dict of tensors and whatever else programs push, as a whole program. */
export function dictProgram(entries: Readonly<Record<string, string>>): string {
  const items = Object.entries(entries).map(([name, program]) => text(name) + program)
  return `\x80\x02ccollections\nOrderedDict\n)R(${items.join('')}u.`
}

/** A `.pth` file of this program and these storages. */
export function pthOf(
  program: string,
  storages: Readonly<Record<string, Uint8Array>> = {},
  lies: Readonly<Record<string, ZipLies>> = {},
): Uint8Array {
  const data = Object.entries(storages).map(([key, bytes]) => [`archive/data/${key}`, bytes] as const)
  return writeZip([['archive/data.pkl', bytesOf(program)], ['archive/byteorder', bytesOf('little')], ...data], lies)
}

/** A state dict as `torch.save` writes it. */
export function writePth(tensors: ReadonlyMap<string, Tensor<'float32'>>): Uint8Array {
  const entries = [...tensors].map(([name, { dims, data }], i) => {
    const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((product, dim) => product * dim, 1))
    return [name, tensorProgram({ key: `${i}`, count: data.length, dims, strides })]
  })
  const storages = [...tensors.values()].map((tensor, i) => [`${i}`, tensorBytes(tensor)])
  return pthOf(dictProgram(Object.fromEntries(entries)), Object.fromEntries(storages))
}

function int32(value: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes.toString('latin1')
}
