import { damaged } from './damaged.js'

/** The state of a pickle program: what it has read, its stack with marks, its memo. No operation leaves what is in the file. */
export class PickleMachine {
  private readonly view: DataView
  private position = 0
  private readonly stack: unknown[] = []
  /** Heights of the stack at which MARK was executed. */
  private readonly marks: number[] = []
  private readonly memo = new Map<number, unknown>()

  constructor(
    private readonly bytes: Uint8Array,
    /** Names the program in errors. */
    readonly source: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** The next `length` bytes, of which `read` makes a value. */
  take<T>(length: number, read: (view: DataView, at: number) => T): T {
    const at = this.position
    if (length > this.bytes.length - at) throw damaged('a longer pickle', this.source, `${this.bytes.length} bytes`)
    this.position += length
    return read(this.view, at)
  }

  byte(): number {
    return this.take(1, (view, at) => view.getUint8(at))
  }

  uint32(): number {
    return this.take(4, (view, at) => view.getUint32(at, true))
  }

  /** UTF-8 of the given length. */
  text(length: number): string {
    const bytes = this.take(length, (_, at) => this.bytes.subarray(at, at + length))
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch (cause) {
      throw damaged('texts in UTF-8', this.source, 'other bytes', cause)
    }
  }

  /** Text up to the next line end, which is consumed. */
  line(): string {
    const end = this.bytes.indexOf(10, this.position)
    if (end < 0) throw damaged('a line end', this.source, 'none')
    const line = this.text(end - this.position)
    this.position++
    return line
  }

  push(value: unknown): void {
    this.stack.push(value)
  }

  mark(): void {
    this.marks.push(this.stack.length)
  }

  /** The value on top, which stays there. */
  top(): unknown {
    if (this.stack.length <= (this.marks.at(-1) ?? 0))
      throw damaged('a value', `the stack of ${this.source}`, undefined)
    return this.stack.at(-1)
  }

  pop(): unknown {
    const value = this.top()
    this.stack.length--
    return value
  }

  /** Takes everything above the last mark, and the mark. */
  popToMark(): unknown[] {
    const mark = this.marks.pop()
    if (mark === undefined) throw damaged('a mark', `the stack of ${this.source}`, undefined)
    return this.stack.splice(mark)
  }

  /** Takes the top `count` values. */
  popMany(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse()
  }

  /** Stores the value on top. @param index by default the number of values stored */
  memoize(index: number = this.memo.size): void {
    this.memo.set(index, this.top())
  }

  recall(index: number): unknown {
    if (!this.memo.has(index)) throw damaged(`a value number ${index}`, `the memo of ${this.source}`, undefined)
    return this.memo.get(index)
  }
}
