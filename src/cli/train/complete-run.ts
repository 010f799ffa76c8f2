import { join } from 'node:path'
import { LocatorError } from '../../errors.js'
import { counted, percent } from '../../number-words.js'
import type { TrainingConfig } from '../../training/config.js'
import { runFiles } from '../../training/run/run-files.js'
import type { Output } from '../output.js'
import { placeWords } from '../place-words.js'
import { accuracyWords, shellWord } from '../words.js'
import { type Sample, writeSample } from './sample.js'
import { type TrainedModel, type TrainingTask, trainAndTest } from './train-and-test.js'

/** Trains, tests and exports into a run's folder, tells what came out, and gives the folder back. */
export async function completeRun(task: TrainingTask): Promise<void> {
  const { config, pictures, folder, output } = task
  try {
    const model = await trainAndTest(task)
    const sample = await writeSample(join(folder.path, runFiles.samples), {
      source: pictures.source,
      test: pictures.split.test,
      grid: config.grid,
      model: model.path,
    })
    tell(model, sample, config, output)
  } catch (error) {
    const gone = await folder.discardUntrained()
    throw gone ? error : withHint(error, folder.path)
  } finally {
    await folder.close()
  }
}

/** A full disk, say: what was saved before is still there. */
function withHint(error: unknown, folder: string): unknown {
  if (!(error instanceof LocatorError) || error.code !== 'E_INPUT' || error.hint !== undefined) return error
  const hint = `What was saved before is intact. To go on: piece-locator train --resume ${shellWord(folder)}`
  return new LocatorError(error.code, error.message, { hint, cause: error.cause })
}

function tell({ path, evaluation }: TrainedModel, sample: Sample, { grid }: TrainingConfig, output: Output): void {
  const { model, baselines } = evaluation
  output.result(
    `Test: ${output.paint('bold', accuracyWords(model))} of ${counted(model.n, 'piece')} in the right cell; ` +
      `chance ${percent(baselines.chance)}, nearest mean color ${percent(baselines.meanColor.cellAccuracy)}.`,
  )
  output.result(`Model: ${path}`)
  const right = sample.pieces.filter(piece => piece.right).length
  const piece = sample.pieces.find(piece => piece.right) ?? sample.pieces[0]!
  const words = ['--puzzle', sample.puzzle, '--piece', piece.path, '--model', path].map(shellWord)
  output.result(
    `Try it on a test picture, of which it places ${right} of ${counted(sample.pieces.length, 'piece')} right:`,
  )
  output.result(`  npx piece-locator locate ${words.join(' ')}`)
  output.result(`The piece was cut from ${placeWords(grid, piece.cell)}.`)
}
