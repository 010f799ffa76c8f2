import type { Io, TextStream } from '../../src/cli/io.js'

/** An {@link Io} that collects what is printed and whose clock and interrupts a test moves by hand. */
export interface FakeIo extends Io {
  readonly out: () => string
  readonly err: () => string
  /** Moves the clock forward. */
  wait(milliseconds: number): void
  interrupt(): void
}

/** @param terminal makes both streams terminals of this many columns */
export function fakeIo({ env = {}, terminal }: { env?: Io['env']; terminal?: number } = {}): FakeIo {
  const texts = { out: '', err: '' }
  const stream = (name: keyof typeof texts): TextStream => ({
    write: text => {
      texts[name] += text
    },
    ...(terminal === undefined ? {} : { isTTY: true, columns: terminal }),
  })
  const listeners = new Set<() => void>()
  let clock = 0
  return {
    stdout: stream('out'),
    stderr: stream('err'),
    env,
    now: () => clock,
    onInterrupt: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    out: () => texts.out,
    err: () => texts.err,
    wait: milliseconds => {
      clock += milliseconds
    },
    interrupt: () => {
      for (const listener of listeners) listener()
    },
  }
}
