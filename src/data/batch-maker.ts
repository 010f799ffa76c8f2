import { LocatorError } from '../errors.js'
import { PieceAugmenter } from './augment.js'
import { type AugmentStream, type Batch, composeBatch, type PlannedPicture, type ReplacedPicture } from './batch.js'
import { mapConcurrent } from './concurrent.js'
import { type CutOptions, type CutPicture, cutPicture } from './cut.js'
import type { PictureCache } from './picture-cache.js'
import type { PictureSource } from './picture-source.js'
import type { BatchPlan } from './sampler.js'
import type { PictureRange } from './split.js'

/** Enough to keep libuv's threads busy, few enough that large pictures do not pile up. */
const LOADS_AT_A_TIME = 4

/**
 * Makes batches from a source, in one thread.
 *
 * A picture that cannot be read (any more) does not end a run of hours: the next one of the plan's range that can be read takes
 * its place, whatever the number of threads, and the batch says so.
 */
export class BatchMaker {
  private readonly augmenter: PieceAugmenter
  private readonly unreadable = new Map<number, string>()

  constructor(
    private readonly source: PictureSource,
    private readonly cache: PictureCache,
    private readonly options: CutOptions,
  ) {
    this.augmenter = new PieceAugmenter(options.pieceSize)
  }

  /**
   * @param augment null for pieces as they were cut
   * @throws E_INPUT where none of the pictures that the plan draws from can be read
   */
  async make(index: number, plan: BatchPlan, augment: AugmentStream | null): Promise<Batch> {
    const found = await mapConcurrent(plan.puzzles, LOADS_AT_A_TIME, picture => this.readable(picture, plan.range))
    const stream = augment && { stream: augment, augmenter: this.augmenter }
    const replaced = found.flatMap(({ unreadable }) => unreadable)
    return { ...composeBatch(index, plan, found, this.options, stream), replaced }
  }

  /** The picture of an index, or the next one of its range that can be read. */
  private async readable(
    wanted: number,
    range: PictureRange,
  ): Promise<PlannedPicture & { unreadable: ReplacedPicture[] }> {
    const unreadable: ReplacedPicture[] = []
    for (let tried = 0; tried < range.count; tried++) {
      const picture = range.first + ((wanted - range.first + tried) % range.count)
      const cut = await this.cut(picture)
      if (cut) return { picture, cut, unreadable }
      unreadable.push({ name: this.source.names[picture]!, reason: this.unreadable.get(picture)! })
    }
    const reason = this.unreadable.get(wanted)
    throw new LocatorError(
      'E_INPUT',
      `None of ${range.count} pictures can be read any more; the first failure: ${reason}`,
    )
  }

  /** A picture, cut; undefined, and remembered, where it cannot be read. */
  private async cut(picture: number): Promise<CutPicture | undefined> {
    const cached = this.cache.get(picture)
    if (cached) return cached
    if (this.unreadable.has(picture)) return undefined
    try {
      const cut = cutPicture(await this.source.load(picture), this.options)
      this.cache.put(picture, cut)
      return cut
    } catch (error) {
      if (!(error instanceof LocatorError)) throw error
      this.unreadable.set(picture, error.message)
      return undefined
    }
  }
}
