import { type Command, Option } from 'commander'
import type { EvaluateArguments } from '../evaluate-model.js'
import { showExamples } from '../help.js'
import type { Io } from '../io.js'
import { grid } from '../options.js'
import { outputOf } from '../output.js'

/** Adds `piece-locator evaluate`. */
export function registerEvaluate(program: Command, io: Io): void {
  const command = program
    .command('evaluate')
    .description('Measure a model on pieces of pictures that it was not trained on.')
    .option('--model <folder>', 'an exported model (default: the best that is shipped)')
    .option(
      '--images <folder>',
      'pictures, subfolders included (default: drawn pictures, those of the model where it has some)',
    )
    .addOption(
      new Option('--split <part>', 'which part of the pictures').choices(['test', 'val', 'train']).default('test'),
    )
    .option('--grid <ROWSxCOLS>', "the grid that pieces are cut on (default: the model's)", grid('--grid'))
    .option('--json', 'print one JSON document')
    .action(async (options: EvaluateArguments) => {
      const { evaluateModel } = await import('../evaluate-model.js')
      await evaluateModel(options, outputOf(command, io))
    })
  showExamples(command, [
    { line: 'piece-locator evaluate --model runs/2026-10-02-quick/model', does: 'the test of its run, again' },
    { line: 'piece-locator evaluate --images photos/ --grid 3x3 --json', does: 'the shipped model, for programs' },
  ])
}
