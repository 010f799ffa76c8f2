/** A training that ends at any moment loses at most about half a minute... */
const SHORTEST_PAUSE_MS = 30_000
/** ...and saving takes at most about a hundredth of its time. */
const PAUSE_PER_SAVE = 100

/** When a training is saved within its epochs: every so many steps, or, by default, as often as is cheap. */
export class SaveSchedule {
  private savedAt: number
  private tookMs = 0
  private seen = 0

  /** @param everySteps null for the default, by time */
  constructor(
    private readonly everySteps: number | null,
    private readonly now: () => number,
  ) {
    this.savedAt = now()
  }

  /**
   * Whether to save now.
   *
   * @param step taken of the epoch that is under way; not every one need be asked about
   */
  isDue(step: number): boolean {
    const before = step < this.seen ? 0 : this.seen
    this.seen = step
    if (this.everySteps === null) {
      return this.now() - this.savedAt >= Math.max(SHORTEST_PAUSE_MS, PAUSE_PER_SAVE * this.tookMs)
    }
    return Math.floor(step / this.everySteps) > Math.floor(before / this.everySteps)
  }

  /** Saves, and takes the time. */
  async run(save: () => Promise<void>): Promise<void> {
    const started = this.now()
    await save()
    this.savedAt = this.now()
    this.tookMs = this.savedAt - started
  }
}
