import type { Command } from 'commander'
import { duration } from '../duration.js'
import { showExamples } from '../help.js'
import type { Io } from '../io.js'
import { wholeNumber } from '../options.js'
import { outputOf } from '../output.js'
import type { TrainArguments } from '../train/train-arguments.js'
import { addDataOptions, addNetworkOptions, addTrainingOptions } from '../training-options.js'

/** Adds `piece-locator train`. */
export function registerTrain(program: Command, io: Io): void {
  const command = program
    .command('train')
    .description('Train a model, test it, and export it into a run folder.')
    .option(
      '--preset <name>',
      'what the options start from: quick, exp9, exp9-gradual, exp9-scratch (default: quick without --images, else exp9)',
    )
    .option('--images <folder>', 'pictures to train on, subfolders included (default: pictures drawn on the fly)')
    .option('-o, --output <folder>', "the run's folder, new or empty (default: runs/<date>-<preset>)")
    .option('--config <file>', 'values of the configuration as JSON, like a run’s config.json; options win')
    .option('--print-config', 'print the whole configuration as JSON, and do nothing else')
    .option('--resume [run]', 'go on with a run that was stopped (default: the newest)')
    .option('--save-every <steps>', 'steps between two saves (default: by time)', wholeNumber('--save-every', 1))
    .option('--max-time <time>', 'stop training after 90s, 30m, 2h: save, test and export', duration('--max-time'))
    .option('--dry-run', 'check pictures and options, say what would be done and needed, and do nothing')
    .option(
      '--overfit-batches <count>',
      'check that the first batches can be learned by heart: exit code 0 if so, else 4; keeps nothing',
      wholeNumber('--overfit-batches', 1),
    )
  addTrainingOptions(command)
  addNetworkOptions(command)
  addDataOptions(command).action(async (options: TrainArguments) => {
    const { trainModel } = await import('../train/train-model.js')
    await trainModel(options, outputOf(command, io), io)
  })
  showExamples(command, [
    { line: 'piece-locator train', does: 'minutes, on drawn pictures' },
    { line: 'piece-locator train --images photos/ --preset exp9-scratch', does: 'hours, on your own pictures' },
    { line: 'piece-locator train --resume', does: 'go on where the newest run was stopped' },
  ])
}
