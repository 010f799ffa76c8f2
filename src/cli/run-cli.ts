import { reportError } from './exit-codes.js'
import type { Io } from './io.js'
import { buildProgram } from './program.js'

/** Runs one command line to its end and returns the exit code; whatever goes wrong is told on `io.stderr`. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const program = buildProgram(io)
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    return 0
  } catch (error) {
    const { debug, color } = program.opts()
    return reportError(error, io, { debug: debug === true, color: color !== false })
  }
}
