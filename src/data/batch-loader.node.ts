import { expected, LocatorError } from '../errors.js'
import type { AugmentStream, Batch, ReplacedPicture } from './batch.js'
import { BatchMaker } from './batch-maker.js'
import { BatchWorkers } from './batch-workers.node.js'
import type { CutOptions } from './cut.js'
import { PictureCache } from './picture-cache.js'
import type { PictureSource } from './picture-source.js'
import type { BatchPlan } from './sampler.js'

export interface BatchLoaderOptions extends CutOptions {
  readonly source: PictureSource
  /** Threads that make batches; 0 makes them in the calling thread, one at a time. */
  readonly workers: number
  /** Batches that each worker has queued or finished ahead of what is being consumed; at least 1. */
  readonly ahead: number
  /** The most memory for cut pictures, shared by all workers, in bytes; it is used only as it fills. */
  readonly cacheBytes: number
  /** Called once for each picture that can no longer be read, and whose place others take. */
  readonly onUnreadable?: (picture: ReplacedPicture) => void
}

/** Makes one batch; what the loader needs of its threads. */
interface BatchProducer {
  request(index: number, plan: BatchPlan, augment: AugmentStream | null): Promise<Batch>
  close(): Promise<void>
}

/**
 * Makes the batches of plans, in plan order, the same bits whatever the number of workers. Threads and cache live from
 * {@link BatchLoader.create} to {@link BatchLoader.close}, over any number of epochs of any plans over the source's pictures.
 *
 * @example
 * const loader = BatchLoader.create({ source, workers: 1, ahead: 3, cacheBytes: 512e6, grid, pieceSize: 128, puzzleSize: 256 })
 * for await (const batch of loader.epoch(planEpoch({ ... }), { seed, epoch })) await session.runStep(batch)
 * await loader.close()
 */
export class BatchLoader {
  private readonly named = new Set<string>()

  private constructor(
    private readonly producer: BatchProducer,
    private readonly depth: number,
    private readonly onUnreadable: (picture: ReplacedPicture) => void,
  ) {}

  /** Starts the threads. @throws E_CONFIG where a number of the options cannot be meant */
  static create(options: BatchLoaderOptions): BatchLoader {
    const { source, workers, ahead, cacheBytes, grid, pieceSize, puzzleSize } = options
    checkNumber(workers, 0, 'the workers of a batch loader')
    checkNumber(ahead, 1, 'the batches that a worker makes ahead')
    checkNumber(cacheBytes, 0, 'the bytes of a picture cache')
    checkNumber(pieceSize, 1, 'the size of a piece')
    checkNumber(puzzleSize, 1, 'the size of a puzzle')
    const cut = { grid, pieceSize, puzzleSize }
    const cache = PictureCache.create(source.count, cacheBytes, cut)
    const producer =
      workers === 0
        ? new InThread(new BatchMaker(source, cache, cut))
        : new BatchWorkers(workers, { source: source.description, options: cut, cache: cache.memory })
    return new BatchLoader(producer, Math.max(1, workers * ahead), options.onUnreadable ?? (() => {}))
  }

  /**
   * A plan's batches from `startBatch` on. Each is requested `workers * ahead` batches before it is consumed; leaving the loop
   * early is fine.
   *
   * @param augment null for pieces as they were cut
   * @throws E_INPUT where no picture can be read any more
   * @throws E_DISPOSED after {@link close}
   */
  async *epoch(plan: readonly BatchPlan[], augment: AugmentStream | null, startBatch = 0): AsyncGenerator<Batch, void> {
    const requested: Promise<Batch>[] = []
    for (let index = startBatch; index < plan.length; index++) {
      for (let next = index + requested.length; next < plan.length && next < index + this.depth; next++) {
        const batch = this.producer.request(next, plan[next]!, augment)
        // It may fail before anybody waits for it; whoever does, gets the error then.
        batch.catch(() => {})
        requested.push(batch)
      }
      const batch = await requested.shift()!
      this.report(batch.replaced)
      yield batch
    }
  }

  /** Ends all threads; a batch that is being waited for fails with E_DISPOSED. */
  async close(): Promise<void> {
    await this.producer.close()
  }

  private report(replaced: readonly ReplacedPicture[]): void {
    for (const picture of replaced) {
      if (this.named.has(picture.name)) continue
      this.named.add(picture.name)
      this.onUnreadable(picture)
    }
  }
}

/** The calling thread as producer. */
class InThread implements BatchProducer {
  private closed = false

  constructor(private readonly maker: BatchMaker) {}

  async request(index: number, plan: BatchPlan, augment: AugmentStream | null): Promise<Batch> {
    if (this.closed) throw new LocatorError('E_DISPOSED', 'The batch loader has been closed.')
    return this.maker.make(index, plan, augment)
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

function checkNumber(value: number, least: number, where: string): void {
  if (!Number.isInteger(value) || value < least)
    throw expected('E_CONFIG', `a whole number from ${least}`, where, value)
}
