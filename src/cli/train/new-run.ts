import { drawnPictures, type SplitPictures } from '../../data/split-pictures.node.js'
import type { TrainingArtifacts } from '../../training/artifacts/artifacts.js'
import { artifactsOf } from '../../training/artifacts/artifacts.node.js'
import type { TrainingConfig } from '../../training/config.js'
import { fetchOptions } from '../first-weights.js'
import type { Io } from '../io.js'
import type { Output } from '../output.js'
import { openPictureFolder } from '../pictures.js'
import { readConfigFile, trainingConfig } from '../training-config.js'
import type { TrainArguments } from './train-arguments.js'

/** Everything that a training is made of. */
export interface TrainingParts {
  readonly config: TrainingConfig
  readonly pictures: SplitPictures
  readonly artifacts: TrainingArtifacts
}

/** The configuration that the options say. @throws E_USAGE, E_CONFIG, E_INPUT */
export async function newConfig(options: TrainArguments): Promise<TrainingConfig> {
  const fallback = options.images === undefined ? 'quick' : 'exp9'
  return trainingConfig(options, fallback, await readConfigFile(options.config))
}

/** Opens pictures and builds artifacts: what is wrong with them is found before anything is written. @throws E_INPUT, E_MODEL */
export async function prepareNewRun(
  config: TrainingConfig,
  { images }: TrainArguments,
  output: Output,
  io: Io,
): Promise<TrainingParts> {
  const pictures =
    images === undefined
      ? drawnPictures({ ...config.embedded, seed: config.seed })
      : await openPictureFolder(images, output)
  return { config, pictures, artifacts: await artifactsOf(config, fetchOptions(output, io)) }
}
