import type { Command } from 'commander'
import { type Paint, painter } from './color.js'
import type { Io } from './io.js'
import { type ProgressDisplay, progressDisplay } from './progress.js'

/** The version of every JSON document that a command prints. */
const SCHEMA_VERSION = 1

/** The options that every command has. */
export interface GlobalOptions {
  readonly quiet?: true
  readonly debug?: true
  /** False after `--no-color`. */
  readonly color: boolean
}

/** What a command says: results on stdout, everything else on stderr. */
export interface Output {
  /** Styles for text that goes to stdout. */
  readonly paint: Paint
  /** Styles for text that goes to stderr. */
  readonly paintTalk: Paint
  /** One line of the command's result. */
  result(line: string): void
  /** The command's result as its one JSON document; `schemaVersion` is added. */
  json(document: Readonly<Record<string, unknown>>): void
  /** One line of talk; `--quiet` drops it. */
  say(line: string): void
  /** Shows how far a long piece of work has come, on stderr. */
  readonly progress: ProgressDisplay
  /** Something that went differently from what was asked for, and is no error; `--quiet` does not drop it. */
  warn(line: string): void
}

/** The output of a running command, by its options and the streams' abilities. */
export function outputOf(command: Command, io: Io): Output {
  const options = command.optsWithGlobals<GlobalOptions>()
  const env = options.color ? io.env : { NO_COLOR: '1' }
  const paintTalk = painter(io.stderr, env)
  return {
    paint: painter(io.stdout, env),
    paintTalk,
    result: line => void io.stdout.write(`${line}\n`),
    json: document =>
      void io.stdout.write(`${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...document }, null, 2)}\n`),
    say: line => {
      if (!options.quiet) io.stderr.write(`${line}\n`)
    },
    progress: progressDisplay(io, { quiet: options.quiet === true, color: options.color }),
    warn: line => void io.stderr.write(`${paintTalk('yellow', 'Warning:')} ${line}\n`),
  }
}
