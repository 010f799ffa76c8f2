import { styleText } from 'node:util'
import type { Command } from 'commander'
import { exitCodeMeanings } from './exit-codes.js'

/** A command line worth copying, and what it does. */
export interface Example {
  readonly line: string
  readonly does: string
}

/** Bold, as the titles of a command's help are; commander takes the style away where the terminal has no colors. */
export function title(text: string): string {
  return styleText('bold', text, { validateStream: false })
}

/** Puts examples at the top of a command's help, because that is what people look for first. */
export function showExamples(command: Command, examples: readonly Example[]): void {
  const lines = examples.map(
    ({ line, does }) => `  ${styleText('dim', `# ${does}`, { validateStream: false })}\n  ${line}\n`,
  )
  command.addHelpText('before', `${title('Examples:')}\n${lines.join('\n')}`)
}

/** Puts the meaning of the exit codes at the end of the help of a program and of all its commands. */
export function showExitCodes(program: Command): void {
  const lines = Object.entries(exitCodeMeanings).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
  program.addHelpText('afterAll', `\n${title('Exit codes:')}\n${lines.join('\n')}`)
}
