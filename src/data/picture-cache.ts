import { cellCount } from '../image/grid.js'
import type { RgbImage } from '../image/rgb-image.js'
import type { CutOptions, CutPicture } from './cut.js'

/** Memory that threads share: hand it to a worker, which attaches to it. */
export interface CacheMemory {
  readonly index: SharedArrayBuffer
  readonly bytes: SharedArrayBuffer
}

/** A picture's entry in the index: its state, where its bytes begin (in units), and the kept picture's size (0 for pieces). */
const FIELDS = 4
const ABSENT = 0
const CLAIMED = 1
const PRESENT = 2

/** Places in the memory are counted in units, so that 32 bits reach beyond 2 GB. */
const UNIT = 64

/**
 * Cut pictures, kept in memory that all worker threads share, up to a fixed number of bytes.
 *
 * The first pictures that fit stay; nothing is ever replaced. Every epoch visits every picture once in a new random order,
 * and then keeping a part for good hits as often as that part is large, which replacing the least recently used never does.
 * What is in the cache changes speed only, never a batch.
 */
export class PictureCache {
  private readonly index: Int32Array
  private readonly bytes: Uint8Array

  private constructor(
    readonly memory: CacheMemory,
    private readonly options: CutOptions,
  ) {
    this.index = new Int32Array(memory.index)
    this.bytes = new Uint8Array(memory.bytes)
  }

  /** A cache for `pictures` pictures within `bytes` bytes; the memory is used only as it fills. */
  static create(pictures: number, bytes: number, options: CutOptions): PictureCache {
    const everything = pictures * largestEntry(options)
    const size = Math.floor(Math.min(bytes, everything) / UNIT) * UNIT
    const memory = {
      index: new SharedArrayBuffer(4 * (1 + pictures * FIELDS)),
      bytes: new SharedArrayBuffer(size),
    }
    return new PictureCache(memory, options)
  }

  /** The cache of another thread. */
  static attach(memory: CacheMemory, options: CutOptions): PictureCache {
    return new PictureCache(memory, options)
  }

  /** The cut picture of an index, if it is here. Its pixels are the cache's own: read only. */
  get(picture: number): CutPicture | undefined {
    const entry = 1 + picture * FIELDS
    if (Atomics.load(this.index, entry) !== PRESENT) return undefined
    const { grid, pieceSize, puzzleSize } = this.options
    let offset = this.index[entry + 1]! * UNIT
    const next = (width: number, height: number): RgbImage => {
      const start = offset
      offset += width * height * 3
      return { width, height, data: this.bytes.subarray(start, offset) }
    }
    const puzzle = next(puzzleSize, puzzleSize)
    const width = this.index[entry + 2]!
    if (width > 0) return { puzzle, source: { picture: next(width, this.index[entry + 3]!) } }
    return { puzzle, source: { pieces: Array.from({ length: cellCount(grid) }, () => next(pieceSize, pieceSize)) } }
  }

  /** Keeps a cut picture, if there is room and no other thread has kept it. */
  put(picture: number, cut: CutPicture): void {
    const images = [cut.puzzle, ...('pieces' in cut.source ? cut.source.pieces : [cut.source.picture])]
    const units = Math.ceil(images.reduce((sum, image) => sum + image.data.length, 0) / UNIT)
    const entry = 1 + picture * FIELDS
    if (Atomics.compareExchange(this.index, entry, ABSENT, CLAIMED) !== ABSENT) return
    const start = this.reserve(units)
    if (start === undefined) {
      Atomics.store(this.index, entry, ABSENT)
      return
    }
    let offset = start * UNIT
    for (const { data } of images) {
      this.bytes.set(data, offset)
      offset += data.length
    }
    const kept = 'picture' in cut.source ? cut.source.picture : { width: 0, height: 0 }
    this.index.set([start, kept.width, kept.height], entry + 1)
    Atomics.store(this.index, entry, PRESENT)
  }

  /** Takes units from the free end of the memory, whose beginning is the index's first number. */
  private reserve(units: number): number | undefined {
    const capacity = this.bytes.length / UNIT
    for (;;) {
      const start = Atomics.load(this.index, 0)
      if (start + units > capacity) return undefined
      if (Atomics.compareExchange(this.index, 0, start, start + units) === start) return start
    }
  }
}

/** The most bytes a cut picture takes, in whole units: it keeps the picture only where that is smaller than the pieces. */
function largestEntry({ grid, pieceSize, puzzleSize }: CutOptions): number {
  return Math.ceil((3 * (puzzleSize ** 2 + cellCount(grid) * pieceSize ** 2)) / UNIT) * UNIT
}
