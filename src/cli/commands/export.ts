import type { Command } from 'commander'
import { showExamples } from '../help.js'
import type { Io } from '../io.js'
import { required } from '../options.js'
import { type Output, outputOf } from '../output.js'

interface ExportArguments {
  readonly run?: string
  readonly output?: string
}

/** Adds `piece-locator export`. */
export function registerExport(program: Command, io: Io): void {
  const command = program
    .command('export')
    .description("Write a run's best weights as a model that locate, the API and a browser use.")
    .option('--run <folder>', 'the run (default: the newest in runs/)')
    .option('-o, --output <folder>', "the model's folder: new, empty, or a model, which is replaced")
    .action((options: ExportArguments) => exportModel(options, outputOf(command, io)))
  showExamples(command, [{ line: 'piece-locator export -o models/mine', does: 'the newest run' }])
}

async function exportModel(options: ExportArguments, output: Output): Promise<void> {
  const folder = required(options.output, 'a folder to write to', '--output')
  const { newestRun, openRun } = await import('../../training/run/open-run.node.js')
  const { exportRun } = await import('../../training/export/export-run.node.js')
  const run = await openRun(options.run ?? (await newestRun()))
  const { provenance } = await exportRun(run, folder)
  output.result(`${folder}: epoch ${provenance.epochs} of ${run.path}`)
  if (!run.summary) output.warn('The run has not come to its end: the model is not tested.')
}
