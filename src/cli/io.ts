/** Where text goes: `process.stdout`, `process.stderr`, or a collector in a test. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Width of the terminal in characters. */
  readonly columns?: number
}

/** Everything a command may know of the world around it besides files, so that commands run in a test as they do in a shell. */
export interface Io {
  /** Results, nothing else. */
  readonly stdout: TextStream
  /** Talk, warnings, progress, errors. */
  readonly stderr: TextStream
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds of a steady clock. */
  now(): number
  /**
   * Calls `listener` on every Ctrl-C (SIGINT) and SIGTERM, which then no longer end the program by themselves.
   * Returns the function that undoes it.
   */
  onInterrupt(listener: () => void): () => void
}

/** The real world. */
export function processIo(): Io {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: () => performance.now(),
    onInterrupt(listener) {
      process.on('SIGINT', listener).on('SIGTERM', listener)
      return () => {
        process.off('SIGINT', listener).off('SIGTERM', listener)
      }
    },
  }
}
