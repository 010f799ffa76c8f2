import type { Batch } from '../data/batch.js'
import { Random } from '../prng.js'
import { type BatchAnswers, distanceOf, type PlacedPiece, placedPiece } from './placed-piece.js'

/**
 * Picks the pieces of a test that are worth a look while their batches go by: typical ones, spread evenly over the test and drawn
 * before any answer is known, and those that were placed worst.
 */
export class SampleCollector {
  /** In the order of the test. */
  readonly typical: PlacedPiece[] = []
  /** The largest distance first. */
  readonly worst: PlacedPiece[] = []
  private readonly drawn: ReadonlySet<number>
  private looked = 0

  /**
   * @param pieces of the whole test
   * @param count how many to pick of each kind
   */
  constructor(
    pieces: number,
    private readonly count: number,
    seed: number,
  ) {
    this.drawn = drawEvenly(pieces, count, Random.from(seed, 'typical'))
  }

  /** Pieces looked at so far. */
  get seen(): number {
    return this.looked
  }

  /** Looks at the next batch of the test. */
  add(batch: Batch, answers: BatchAnswers): void {
    for (let i = 0; i < batch.pieceCount; i++) {
      if (this.drawn.has(this.looked++)) this.typical.push(placedPiece(batch, answers, i))
      this.considerWorst(batch, answers, i)
    }
  }

  private considerWorst(batch: Batch, answers: BatchAnswers, i: number): void {
    const distance = distanceOf(batch, answers, i)
    if (this.worst.length === this.count && distance <= this.worst.at(-1)!.distance) return
    const rank = this.worst.findIndex(other => distance > other.distance)
    this.worst.splice(rank < 0 ? this.worst.length : rank, 0, placedPiece(batch, answers, i))
    this.worst.length = Math.min(this.worst.length, this.count)
  }
}

/** One number at random out of each of `count` equal parts of 0 .. total - 1; all of them where there are no more. */
function drawEvenly(total: number, count: number, random: Random): Set<number> {
  const parts = Math.min(total, count)
  const start = (part: number): number => Math.floor((part * total) / parts)
  const drawn = (part: number): number => start(part) + random.integer(start(part + 1) - start(part))
  return new Set(Array.from({ length: parts }, (_, part) => drawn(part)))
}
