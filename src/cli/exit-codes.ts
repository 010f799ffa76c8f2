import { CommanderError } from 'commander'
import { type ErrorCode, LocatorError } from '../errors.js'
import { painter } from './color.js'
import type { Io } from './io.js'

/** What each exit code means; `--help` prints it. */
export const exitCodeMeanings: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'a bug in this program',
  2: 'wrong usage or configuration',
  3: 'an input that is missing or unreadable',
  4: 'training diverged, or failed --overfit-batches',
  5: 'an incompatible or damaged model or checkpoint',
  130: 'interrupted (after saving)',
}

const exitCodes: Readonly<Record<ErrorCode, number>> = {
  E_USAGE: 2,
  E_CONFIG: 2,
  E_INPUT: 3,
  E_IMAGE: 3,
  E_DIVERGED: 4,
  E_MODEL: 5,
  E_CHECKPOINT: 5,
  E_OP_UNSUPPORTED: 5,
  E_SHAPE: 5,
  // Only this program's own code can use an object after its release.
  E_DISPOSED: 1,
}

/** Thrown by a command that stopped because the user asked it to, after everything is saved. The message says how to go on. */
export class Interrupted extends Error {}

/** A problem as it is told: one sentence, and what to do about it. */
interface Problem {
  readonly exitCode: number
  readonly sentence: string
  readonly hint?: string | undefined
}

/**
 * Tells the user what went wrong, on stderr, and returns the exit code.
 *
 * @param debug also print the stack trace, and the causes'
 */
export function reportError(error: unknown, io: Io, options: { debug: boolean; color: boolean }): number {
  const problem = problemOf(error)
  if (problem.sentence !== '') {
    const paint = painter(io.stderr, options.color ? io.env : { NO_COLOR: '1' })
    const title = error instanceof Interrupted ? paint('yellow', 'Interrupted:') : paint(['red', 'bold'], 'Error:')
    io.stderr.write(`${title} ${problem.sentence}\n`)
    if (problem.hint) io.stderr.write(`${paint('cyan', 'Hint:')} ${problem.hint}\n`)
  }
  if (options.debug && !(error instanceof CommanderError)) io.stderr.write(`${stackOf(error)}\n`)
  return problem.exitCode
}

function problemOf(error: unknown): Problem {
  if (error instanceof LocatorError) {
    return { exitCode: exitCodes[error.code], sentence: error.message, hint: error.hint }
  }
  if (error instanceof Interrupted) return { exitCode: 130, sentence: error.message }
  if (error instanceof CommanderError) return usageProblem(error)
  if (isSystemError(error)) return { exitCode: 3, sentence: `${error.message}.` }
  return {
    exitCode: 1,
    sentence: `This is a bug: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Please report it with the command and the output of the same command with --debug.',
  }
}

/** Commander's messages are "error: unknown option '--gird'\n(Did you mean --grid?)"; help and version are no errors. */
function usageProblem(error: CommanderError): Problem {
  if (error.exitCode === 0) return { exitCode: 0, sentence: '' }
  const [first = '', ...rest] = error.message.split('\n')
  const text = first.replace(/^error: /, '')
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1')
  return { exitCode: 2, sentence, hint: suggestion || 'Add --help to see what can be said here.' }
}

/** Node's errors of files and devices: "ENOSPC: no space left on device, write". */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\nCaused by: ${stackOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
