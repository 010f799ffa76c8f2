import { expected, type LocatorError } from '../../errors.js'

/**
 * A FlatBuffers file of unknown origin. Every access is checked, which the `flatbuffers` package does not do.
 *
 * Tables may legally share what they point to, so a small file could claim to hold any amount of data: strings and
 * vectors together may take up no more than the file's size, which a file without overlaps never exceeds.
 *
 * @see https://flatbuffers.dev/internals
 */
export class FlatBuffer {
  readonly view: DataView
  private unclaimed: number

  /** @param source names the file in errors */
  constructor(
    private readonly bytes: Uint8Array,
    readonly source: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.unclaimed = bytes.length
  }

  /** The root table. @throws E_CHECKPOINT where the file's identifier is another one */
  root(identifier: string): FlatTable {
    this.check(0, 8, 'a header')
    const found = String.fromCharCode(...this.bytes.subarray(4, 8))
    if (found !== identifier) {
      throw expected('E_CHECKPOINT', `the file identifier "${identifier}"`, this.source, found)
    }
    return new FlatTable(this, this.follow(0))
  }

  /** Where the offset at `position` leads: forward, so that following offsets always ends. */
  follow(position: number): number {
    return position + this.view.getUint32(position, true)
  }

  /** @throws E_CHECKPOINT where the file does not have these bytes */
  check(position: number, length: number, what: string): void {
    if (position < 0 || position + length > this.bytes.length) {
      throw this.damaged(
        `${what} within the file's ${this.bytes.length} bytes`,
        `bytes ${position} to ${position + length}`,
      )
    }
  }

  /** The start and the element count of the vector at `position`, with all its elements inside the file. */
  vector(position: number, elementSize: number): { start: number; count: number } {
    this.check(position, 4, 'a vector')
    const start = position + 4
    const count = this.view.getUint32(position, true)
    this.check(start, count * elementSize, 'a vector')
    this.unclaimed -= count * elementSize
    if (this.unclaimed < 0)
      throw this.damaged('strings and vectors that do not overlap', 'more of them than the file has bytes')
    return { start, count }
  }

  /** The byte vector at `position`: a view, not a copy. */
  byteVector(position: number): Uint8Array {
    const { start, count } = this.vector(position, 1)
    return this.bytes.subarray(start, start + count)
  }

  /** Text in UTF-8, with a zero behind it. */
  string(position: number): string {
    const { start, count } = this.vector(position, 1)
    this.check(start + count, 1, 'a text')
    const text = this.bytes[start + count] === 0 ? decodeUtf8(this.bytes.subarray(start, start + count)) : undefined
    if (text === undefined) throw this.damaged('a text in UTF-8', `other bytes at ${position}`)
    return text
  }

  damaged(what: string, received: string): LocatorError {
    const hint = 'The file is damaged, or it was cut off while it was written or copied.'
    return expected('E_CHECKPOINT', what, this.source, received, { hint })
  }
}

/** Without `ignoreBOM` a text's leading U+FEFF would be dropped. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** A table in a {@link FlatBuffer}. Fields are named by their slot; an absent field has its default or is undefined. */
export class FlatTable {
  private readonly vtable: number
  private readonly vtableSize: number
  private readonly size: number

  constructor(
    private readonly buffer: FlatBuffer,
    private readonly position: number,
  ) {
    const { view } = buffer
    buffer.check(position, 4, 'a table')
    this.vtable = position - view.getInt32(position, true)
    buffer.check(this.vtable, 4, "a table's description")
    this.vtableSize = view.getUint16(this.vtable, true)
    this.size = view.getUint16(this.vtable + 2, true)
    if (this.vtableSize < 4 || this.vtableSize % 2 !== 0 || this.size < 4) {
      const received = `sizes ${this.vtableSize} and ${this.size} at byte ${this.vtable}`
      throw buffer.damaged("a table's description", received)
    }
    buffer.check(this.vtable, this.vtableSize, "a table's description")
    buffer.check(position, this.size, 'a table')
  }

  int32(slot: number, absent: number): number {
    const field = this.field(slot, 4)
    return field === undefined ? absent : this.buffer.view.getInt32(field, true)
  }

  int64(slot: number, absent: bigint): bigint {
    const field = this.field(slot, 8)
    return field === undefined ? absent : this.buffer.view.getBigInt64(field, true)
  }

  float32(slot: number, absent: number): number {
    const field = this.field(slot, 4)
    return field === undefined ? absent : this.buffer.view.getFloat32(field, true)
  }

  bool(slot: number): boolean {
    const field = this.field(slot, 1)
    return field !== undefined && this.buffer.view.getUint8(field) !== 0
  }

  string(slot: number): string | undefined {
    const target = this.target(slot)
    return target === undefined ? undefined : this.buffer.string(target)
  }

  /** A byte vector: a view, not a copy. */
  bytes(slot: number): Uint8Array | undefined {
    const target = this.target(slot)
    return target === undefined ? undefined : this.buffer.byteVector(target)
  }

  int64s(slot: number): bigint[] | undefined {
    const target = this.target(slot)
    if (target === undefined) return undefined
    const { start, count } = this.buffer.vector(target, 8)
    return Array.from({ length: count }, (_, i) => this.buffer.view.getBigInt64(start + 8 * i, true))
  }

  table(slot: number): FlatTable | undefined {
    const target = this.target(slot)
    return target === undefined ? undefined : new FlatTable(this.buffer, target)
  }

  /** A vector of tables, each read when its turn comes: a damaged vector may name one table millions of times. */
  tables(slot: number): Iterable<FlatTable> | undefined {
    const target = this.target(slot)
    return target === undefined ? undefined : this.tablesAt(target)
  }

  private *tablesAt(position: number): Generator<FlatTable> {
    const { start, count } = this.buffer.vector(position, 4)
    for (let i = 0; i < count; i++) yield new FlatTable(this.buffer, this.buffer.follow(start + 4 * i))
  }

  private target(slot: number): number | undefined {
    const field = this.field(slot, 4)
    return field === undefined ? undefined : this.buffer.follow(field)
  }

  private field(slot: number, size: number): number | undefined {
    const entry = 4 + 2 * slot
    if (entry >= this.vtableSize) return undefined
    const offset = this.buffer.view.getUint16(this.vtable + entry, true)
    if (offset === 0) return undefined
    if (offset < 4 || offset + size > this.size) {
      throw this.buffer.damaged(
        `fields within a table of ${this.size} bytes`,
        `one at ${offset} of the table at ${this.position}`,
      )
    }
    return this.position + offset
  }
}
