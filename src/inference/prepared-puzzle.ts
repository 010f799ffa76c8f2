import { expected, LocatorError } from '../errors.js'
import type { Grid } from '../image/grid.js'
import type { Tensor } from '../tensor.js'
import type { LocatorHost } from './locator-host.js'
import { type PuzzleFrame, toLocateResult } from './postprocess.js'
import type { Regressor } from './regressor.js'
import type { LocateOptions, LocateResult } from './types.js'

/** Pieces of one run: enough to keep two cores busy, few enough that their activations stay below 100 MB. */
const PIECES_PER_RUN = 16

/** Runs a task when those before it are done. @throws E_DISPOSED where the locator is gone */
type Enqueue = <T>(task: () => Promise<T>) => Promise<T>

/** A puzzle that is encoded already. Made by `preparePuzzle` of a `PieceLocator`. */
export class PreparedPuzzle<Input> {
  private features: Tensor | undefined

  constructor(
    private readonly frame: PuzzleFrame,
    features: Tensor,
    private readonly model: Regressor,
    private readonly host: LocatorHost<Input>,
    private readonly enqueue: Enqueue,
  ) {
    this.features = features
  }

  /** Rows and columns that answers refer to. */
  get grid(): Grid {
    return this.frame.grid
  }

  /** Width of the puzzle's picture in pixels. */
  get width(): number {
    return this.frame.width
  }

  /** Height of the puzzle's picture in pixels. */
  get height(): number {
    return this.frame.height
  }

  /**
   * Where one piece belongs.
   *
   * @throws E_INPUT, E_IMAGE where the picture cannot be read; E_USAGE for an impossible option; E_DISPOSED
   */
  async locate(piece: Input, options: LocateOptions = {}): Promise<LocateResult> {
    const [result] = await this.locateMany([piece], options)
    return result!
  }

  /** Where several pieces belong, in the order of the pieces; each is placed for itself. Throws as {@link locate} does. */
  async locateMany(pieces: readonly Input[], options: LocateOptions = {}): Promise<LocateResult[]> {
    checkOptions(options)
    this.assertUsable()
    const results: LocateResult[] = []
    for (let start = 0; start < pieces.length; start += PIECES_PER_RUN) {
      results.push(...(await this.locateBatch(pieces.slice(start, start + PIECES_PER_RUN), options)))
    }
    return results
  }

  /** Forgets the puzzle; every later call throws E_DISPOSED. May be called again. */
  dispose(): void {
    this.features = undefined
  }

  private async locateBatch(pieces: readonly Input[], options: LocateOptions): Promise<LocateResult[]> {
    const prepared: Awaited<ReturnType<typeof this.preparePiece>>[] = []
    for (const piece of pieces) prepared.push(await this.preparePiece(piece))
    const { predictions, inferenceMs } = await this.enqueue(async () => {
      const start = this.host.now()
      const resized = prepared.map(({ image }) => image)
      const predictions = await this.model.locate(resized, this.assertUsable())
      return { predictions, inferenceMs: (this.host.now() - start) / pieces.length }
    })
    return predictions.map((prediction, i) => {
      const { decodeMs, preprocessMs } = prepared[i]!
      const timings = { decodeMs, preprocessMs, inferenceMs, totalMs: decodeMs + preprocessMs + inferenceMs }
      return toLocateResult(prediction, this.frame, options, { timings, backend: this.host.backend })
    })
  }

  private async preparePiece(piece: Input) {
    const start = this.host.now()
    const picture = await this.host.decode(piece)
    const decoded = this.host.now()
    const image = this.model.preparePiece(picture)
    return { image, decodeMs: decoded - start, preprocessMs: this.host.now() - decoded }
  }

  private assertUsable(): Tensor {
    if (!this.features) throw new LocatorError('E_DISPOSED', 'This PreparedPuzzle has been disposed of.')
    return this.features
  }
}

function checkOptions({ topK, minScore }: LocateOptions): void {
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw expected('E_USAGE', 'a whole number of 1 or more', 'topK', topK)
  }
  if (minScore !== undefined && !(minScore >= 0 && minScore <= 1)) {
    throw expected('E_USAGE', 'a number from 0 to 1', 'minScore', minScore)
  }
}
