import { join } from 'node:path'
import { drawnPictures } from '../../data/split-pictures.node.js'
import { counted, percent } from '../../number-words.js'
import { artifactsOf } from '../../training/artifacts/artifacts.node.js'
import type { TrainingConfig } from '../../training/config.js'
import { describeEnvironment } from '../../training/run/environment.node.js'
import { checkRunFolder } from '../../training/run/new-folder.node.js'
import { runFiles } from '../../training/run/run-files.js'
import { RunFolder } from '../../training/run/run-folder.node.js'
import { readOrigins } from '../../training/weights/weights-origin.js'
import { fetchOptions } from '../first-weights.js'
import type { Io } from '../io.js'
import type { Output } from '../output.js'
import { openPictureFolder } from '../pictures.js'
import { placeWords } from '../place-words.js'
import { trainingConfig } from '../training-config.js'
import type { ConfigOptions, DataOptions } from '../training-options.js'
import { accuracyWords, shellWord } from '../words.js'
import { describeTraining } from './header.js'
import { type Sample, writeSample } from './sample.js'
import { type TrainedModel, trainAndTest } from './train-and-test.js'

export interface TrainArguments extends ConfigOptions, DataOptions {
  readonly images?: string
  readonly output?: string
}

/** From options to a tested, exported model. What is wrong with options and pictures is found before anything is written. */
export async function trainModel(options: TrainArguments, output: Output, io: Io): Promise<void> {
  const config = trainingConfig(options, options.images === undefined ? 'quick' : 'exp9')
  if (options.output !== undefined) await checkRunFolder(options.output)
  const pictures =
    options.images === undefined
      ? drawnPictures({ ...config.embedded, seed: config.seed })
      : await openPictureFolder(options.images, output)
  const artifacts = await artifactsOf(config, fetchOptions(output, io))
  const environment = await describeEnvironment(new Date(), readOrigins(artifacts.checkpoint))
  for (const line of describeTraining(config, pictures, artifacts)) output.say(line)
  const folder = await RunFolder.create({ folder: options.output, config, environment, manifest: pictures.manifest })
  output.say(`Run       ${folder.path}`)
  try {
    const { workers, cacheMb } = options
    const model = await trainAndTest({ config, pictures, artifacts, folder, output, workers, cacheMb, now: io.now })
    const sample = await writeSample(join(folder.path, runFiles.samples), {
      source: pictures.source,
      test: pictures.split.test,
      grid: config.grid,
      model: model.path,
    })
    tell(model, sample, config, output)
  } catch (error) {
    await folder.discardUntrained()
    throw error
  }
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
