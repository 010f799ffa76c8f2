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
    if (this.unclaimed < 0) {
      throw this.damaged('strings and vectors that do not overlap', 'more of them than the file has bytes')
    }
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
