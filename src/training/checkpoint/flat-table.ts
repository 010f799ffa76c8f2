import { expected } from '../../errors.js'
import type { FlatBuffer } from './flat-buffer.js'

/** The root table of a FlatBuffers file. @throws E_CHECKPOINT where the file's identifier is another one */
export function rootTable(buffer: FlatBuffer, identifier: string): FlatTable {
  buffer.check(0, 8, 'a header')
  const bytes = [4, 5, 6, 7].map(position => buffer.view.getUint8(position))
  const found = String.fromCharCode(...bytes).replace(/[^ -~]/g, '.')
  if (found !== identifier) throw expected('E_CHECKPOINT', `the file identifier "${identifier}"`, buffer.source, found)
  return new FlatTable(buffer, buffer.follow(0))
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
