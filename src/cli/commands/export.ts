import type { Command } from 'commander'
import { counted } from '../../number-words.js'
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
    .description(
      "Write a run's best weights as a model that locate, the API and a browser use, or as .safetensors for PyTorch.",
    )
    .option('--run <folder>', 'the run (default: the newest in runs/)')
    .option(
      '-o, --output <folder>',
      "the model's folder: new, empty, or a model, which is replaced; or a new file that ends in .safetensors",
    )
    .action((options: ExportArguments) => exportModel(options, outputOf(command, io)))
  showExamples(command, [
    { line: 'piece-locator export -o models/mine', does: 'the newest run' },
    { line: 'piece-locator export -o mine.safetensors', does: 'its weights, named as in a state_dict of PyTorch' },
  ])
}

async function exportModel(options: ExportArguments, output: Output): Promise<void> {
  const target = required(options.output, 'a folder or a .safetensors file to write to', '--output')
  const { newestRun, openRun } = await import('../../training/run/open-run.node.js')
  const run = await openRun(options.run ?? (await newestRun()))
  if (target.endsWith('.safetensors')) {
    const { exportRunWeights } = await import('../../training/weights/export-weights.node.js')
    const { tensors, epochs } = await exportRunWeights(run, target)
    output.result(`${target}: ${counted(tensors, 'tensor')}, epoch ${epochs} of ${run.path}`)
    return
  }
  const { exportRun } = await import('../../training/export/export-run.node.js')
  const { provenance } = await exportRun(run, target)
  output.result(`${target}: epoch ${provenance.epochs} of ${run.path}`)
  if (!run.summary) output.warn('The run has not come to its end: the model is not tested.')
}
