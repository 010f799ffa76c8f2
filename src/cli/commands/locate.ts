import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { expected } from '../../errors.js'
import { cellAt, type Grid } from '../../image/grid.js'
import type { LocateResult } from '../../inference/types.js'
import { showExamples } from '../help.js'
import type { Io } from '../io.js'
import { grid, required, wholeNumber } from '../options.js'
import { type Output, outputOf } from '../output.js'
import { percentWords, placeWords } from '../place-words.js'

interface LocateArguments {
  readonly puzzle?: string
  readonly piece?: readonly string[]
  readonly model?: string
  readonly grid?: Grid
  readonly pieces?: number
  readonly topK?: number
  readonly json?: true
  readonly overlay?: string
}

/** Adds `piece-locator locate`. */
export function registerLocate(program: Command, io: Io): void {
  const command = program
    .command('locate')
    .description('Say where pieces belong in a puzzle.')
    .optionsGroup('Pictures:')
    .option('--puzzle <image>', 'the picture of the whole puzzle')
    .option('--piece <images...>', 'pictures of pieces, each upright and filling its picture')
    .optionsGroup('What is known:')
    .addOption(
      new Option(
        '--grid <ROWSxCOLS>',
        "the puzzle's rows and columns (default: the model's own, which its accuracy holds for)",
      )
        .argParser(grid('--grid'))
        .conflicts('pieces'),
    )
    .option('--pieces <count>', 'the number of pieces instead', wholeNumber('--pieces', 1, 1_000_000))
    .option('--model <folder>', 'an exported model (default: the best that is shipped)')
    .optionsGroup('Answer:')
    .option('--top-k <count>', 'tell so many places, the likeliest first', wholeNumber('--top-k', 1))
    .option('--overlay <png>', "draw the model's attention, the cell and the piece into this file")
    .option('--json', 'print one JSON document: { schemaVersion, results }')
    .action((options: LocateArguments) => locate(options, outputOf(command, io)))
  showExamples(command, [
    { line: 'piece-locator locate --puzzle box.jpg --piece piece.jpg', does: 'where does it go?' },
    {
      line: 'piece-locator locate --puzzle box.jpg --piece a.jpg b.jpg --overlay out.png',
      does: 'several pieces, drawn',
    },
    { line: 'piece-locator locate --puzzle box.jpg --piece piece.jpg --json', does: 'for programs' },
  ])
}

async function locate(options: LocateArguments, output: Output): Promise<void> {
  const puzzlePath = required(options.puzzle, 'the picture of the puzzle', '--puzzle')
  const piecePaths = required(options.piece, 'pictures of pieces', '--piece')
  if (options.overlay !== undefined) checkOverlay(options.overlay, [puzzlePath, ...piecePaths])
  const { PieceLocator } = await import('../../inference/piece-locator.node.js')
  const locator = await PieceLocator.load(options.model)
  const puzzle = await locator.preparePuzzle(puzzlePath, { grid: options.grid, pieces: options.pieces })
  const results = await puzzle.locateMany(piecePaths, { topK: options.topK, heatmap: options.overlay !== undefined })
  await locator.dispose()
  if (options.overlay !== undefined) await writeOverlay(options.overlay, puzzlePath, piecePaths, results)
  if (options.json) output.json({ results: results.map(({ heatmap, ...result }) => result) })
  else for (const [i, piece] of piecePaths.entries()) tell(piece, results[i]!, puzzle, options, output)
  if (options.overlay !== undefined) output.say(`The overlay is in ${options.overlay}.`)
}

/** A PNG, and none of the pictures that are read. @throws E_USAGE */
function checkOverlay(overlay: string, pictures: readonly string[]): void {
  if (!/\.png$/i.test(overlay)) throw expected('E_USAGE', 'a file name that ends in .png', '--overlay', overlay)
  if (pictures.some(path => resolve(path) === resolve(overlay))) {
    throw expected('E_USAGE', 'a file other than the pictures', '--overlay', overlay)
  }
}

/** The answer in words; the other candidates only where `--top-k` asks for them. */
function tell(
  piece: string,
  result: LocateResult,
  puzzle: { readonly grid: Grid; readonly width: number; readonly height: number },
  { topK }: LocateArguments,
  output: Output,
): void {
  const candidates = topK === undefined ? result.candidates.slice(0, 1) : result.candidates
  for (const [i, { center, score }] of candidates.entries()) {
    const place = placeWords(puzzle.grid, cellAt(puzzle.grid, center.x / puzzle.width, center.y / puzzle.height))
    const start = i === 0 ? `${output.paint('bold', piece)}: ` : '  or '
    output.result(`${start}${place}, ${percentWords(score)}${i === 0 ? ' sure' : ''}`)
  }
}

/** One panel for each piece. Pictures are decoded again, one at a time, so that a thousand pieces fit into memory. */
async function writeOverlay(
  path: string,
  puzzle: string,
  pieces: readonly string[],
  results: LocateResult[],
): Promise<void> {
  const { arrangePanels, drawPanel, panelSize } = await import('../../inference/overlay.js')
  const { decodeImage } = await import('../../image/decode.node.js')
  const { writePng } = await import('../../image/encode.node.js')
  const picture = await decodeImage(puzzle)
  const panels = []
  for (const [i, result] of results.entries()) {
    panels.push(drawPanel(picture, await decodeImage(pieces[i]!), result, panelSize(results.length)))
  }
  await writePng(path, arrangePanels(panels))
}
