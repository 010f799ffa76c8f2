import { setImmediate } from 'node:timers/promises'
import type { Io } from '../io.js'

/** Why a training stops before its end. */
export type StopReason = 'interrupted' | 'time'

/** A package manager that runs this program passes on the Ctrl-C that the terminal has sent already: that is no second one. */
const SAME_INTERRUPT_MS = 500

/** Whether a training is to stop: the user said so, or its time is over. */
export class StopSignal {
  private interrupted = false
  private forget = (): void => {}

  /** @param endsAt when the time is over, by the clock of `io`; null where it never is */
  constructor(
    private readonly io: Io,
    private readonly endsAt: number | null,
  ) {}

  /**
   * Begins to listen: the first Ctrl-C or SIGTERM stops the training once its state is saved, and the next ends the program at once, as
   * it does before and after the training.
   */
  listen(onInterrupt: () => void): void {
    const undo = this.io.onInterrupt(() => {
      if (this.interrupted) return
      this.interrupted = true
      onInterrupt()
      setTimeout(undo, SAME_INTERRUPT_MS).unref()
    })
    this.forget = undo
  }

  stopListening(): void {
    this.forget()
  }

  get reason(): StopReason | null {
    if (this.interrupted) return 'interrupted'
    return this.endsAt !== null && this.io.now() >= this.endsAt ? 'time' : null
  }

  /** Whether to stop. Signals come in while this waits: a step that computes does not let them. */
  async check(): Promise<boolean> {
    await setImmediate()
    return this.reason !== null
  }
}
