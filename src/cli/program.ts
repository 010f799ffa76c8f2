import { Command } from 'commander'
import { packageVersion } from '../package-version.node.js'
import { hasColors } from './color.js'
import { registerArtifacts } from './commands/artifacts.js'
import { registerEvaluate } from './commands/evaluate.js'
import { registerExport } from './commands/export.js'
import { registerGenerate } from './commands/generate.js'
import { registerInspect } from './commands/inspect.js'
import { registerLocate } from './commands/locate.js'
import { registerReport } from './commands/report.js'
import { registerTrain } from './commands/train.js'
import { showExamples, showExitCodes, title } from './help.js'
import type { Io, TextStream } from './io.js'

/**
 * Every command, in the order of the help. A command's module may import only what `--help` needs;
 * sessions, sharp and training are imported inside its action.
 */
const commands: readonly ((program: Command, io: Io) => void)[] = [
  registerLocate,
  registerTrain,
  registerEvaluate,
  registerReport,
  registerExport,
  registerArtifacts,
  registerGenerate,
  registerInspect,
]

/** The command-line program. It never exits and prints only through `io`: errors are thrown, commander's too. */
export function buildProgram(io: Io): Command {
  const program = new Command('piece-locator')
  const colored = (stream: TextStream) => program.opts().color !== false && hasColors(stream, io.env)
  const width = (stream: TextStream) => (stream.isTTY ? stream.columns : undefined)
  program
    .description('Finds where a jigsaw piece belongs in the picture, and trains the model that does.')
    .exitOverride()
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
      // The error is thrown as well, and told in one place.
      outputError: () => {},
      getOutHasColors: () => colored(io.stdout),
      getErrHasColors: () => colored(io.stderr),
      getOutHelpWidth: () => width(io.stdout) ?? 100,
      getErrHelpWidth: () => width(io.stderr) ?? 100,
    })
    .configureHelp({ styleTitle: title, showGlobalOptions: true })
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('-q, --quiet', 'print results and errors only')
    .option('--no-color', 'print without colors (as NO_COLOR=1 does)')
    .option('--debug', 'print the stack trace of an error')
  showExamples(program, [
    { line: 'piece-locator locate --puzzle box.jpg --piece piece.jpg', does: 'find the place of a piece' },
    { line: 'piece-locator train', does: 'train on pictures that are drawn on the fly' },
    { line: 'piece-locator train --images photos/', does: 'train on your own pictures' },
  ])
  showExitCodes(program)
  for (const register of commands) register(program, io)
  return program
}
