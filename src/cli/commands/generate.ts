import { type Command, Option } from 'commander'
import type { GenerateArguments } from '../generate-puzzles.js'
import { showExamples } from '../help.js'
import type { Io } from '../io.js'
import { grid, wholeNumber } from '../options.js'
import { outputOf } from '../output.js'

/** Adds `piece-locator generate`. */
export function registerGenerate(program: Command, io: Io): void {
  const command = program
    .command('generate')
    .description('Cut pictures into pieces to look at or to try locate with.')
    .option('--images <folder>', 'pictures, subfolders included (default: drawn pictures)')
    .option('-o, --output <folder>', 'where to write, a new or empty folder')
    .addOption(
      new Option('--grid <ROWSxCOLS>', 'rows and columns')
        .argParser(grid('--grid'))
        .default({ rows: 2, cols: 2 }, '2x2'),
    )
    .option('--count <puzzles>', 'how many puzzles', wholeNumber('--count', 1, 10_000), 1)
    .option(
      '--size <pixels>',
      'the longer side of a puzzle at most (default: as it is; drawn ones 512)',
      wholeNumber('--size', 16, 4096),
    )
    .action(async (options: GenerateArguments) => {
      const { generatePuzzles } = await import('../generate-puzzles.js')
      await generatePuzzles(options, outputOf(command, io))
    })
  showExamples(command, [
    { line: 'piece-locator generate -o pieces', does: 'a drawn puzzle and its four pieces' },
    { line: 'piece-locator generate --images photos/ --grid 4x6 --count 3 -o pieces', does: 'of your own pictures' },
  ])
}
