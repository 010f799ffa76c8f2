import { LocatorError } from '../errors.js'
import type { ModelCard } from '../exported-model/model-card.js'
import { TaskQueue } from '../task-queue.js'
import type { LocatorHost } from './locator-host.js'
import { PreparedPuzzle } from './prepared-puzzle.js'
import { puzzleGrid } from './puzzle-grid.js'
import type { Regressor } from './regressor.js'
import type { Backend, PuzzleOptions } from './types.js'

/**
 * Finds where pieces belong in puzzles. Calls may overlap; they run one after the other.
 *
 * This part knows no host: `Input`, decoding and the sessions come from `piece-locator.node.ts` and its siblings.
 */
export class PieceLocator<Input> {
  private readonly queue = new TaskQueue()
  private disposal: Promise<void> | undefined

  constructor(
    private readonly model: Regressor,
    private readonly host: LocatorHost<Input>,
  ) {}

  /** What is known of the loaded model. */
  get card(): ModelCard {
    return this.model.card
  }

  get backend(): Backend {
    return this.host.backend
  }

  /**
   * Encodes a puzzle once, so that any number of pieces can be located in it.
   *
   * @throws E_INPUT, E_IMAGE where the picture cannot be read; E_USAGE for an impossible grid; E_DISPOSED
   */
  async preparePuzzle(input: Input, options: PuzzleOptions = {}): Promise<PreparedPuzzle<Input>> {
    this.assertUsable()
    const image = await this.host.decode(input)
    const { width, height } = image
    const frame = { grid: puzzleGrid(options, image, this.card.grid), width, height }
    const features = await this.enqueue(() => this.model.encodePuzzle(this.model.preparePuzzle(image)))
    return new PreparedPuzzle(frame, features, this.model, this.host, task => this.enqueue(task))
  }

  /**
   * Frees the model once the runs under way are done. Calls that come later, or still read their pictures, throw
   * E_DISPOSED. May be called again.
   */
  dispose(): Promise<void> {
    this.disposal ??= this.queue.run(() => this.model.release())
    return this.disposal
  }

  private enqueue<T>(task: () => Promise<T>): Promise<T> {
    this.assertUsable()
    return this.queue.run(task)
  }

  private assertUsable(): void {
    if (this.disposal) throw new LocatorError('E_DISPOSED', 'This PieceLocator has been disposed of.')
  }
}
