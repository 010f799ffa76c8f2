import type { SplitPictures } from '../../data/split-pictures.node.js'
import { formatGrid } from '../../image/grid.js'
import { count, counted } from '../../number-words.js'
import type { TrainingArtifacts } from '../../training/artifacts/artifacts.js'
import { batchSizes, type TrainingConfig } from '../../training/config.js'
import { listParameters } from '../../training/run/parameter-list.js'
import { planTraining, trainingRanges } from '../../training/trainer.js'
import { readOrigins } from '../../training/weights/weights-origin.js'
import { firstWeightsWords } from '../first-weights.js'

/** Below this rate extractors hardly learn from random weights. */
const USEFUL_RATE = 3e-4

/** What a training is about to do, in lines. */
export function describeTraining(
  config: TrainingConfig,
  pictures: SplitPictures,
  artifacts: TrainingArtifacts,
): string[] {
  const steps = planTraining(config, trainingRanges(config, pictures.split).train, 1).length
  const { puzzlesPerBatch, piecesPerPuzzle } = batchSizes(config)
  const batch =
    config.sampling === 'puzzles'
      ? `${puzzlesPerBatch} puzzles x ${piecesPerPuzzle} pieces`
      : `${config.batchSize} puzzles x 1 piece`
  const rates = `learning rates ${config.backboneLr} (backbone) and ${config.headLr} (head)`
  return [
    `Pictures  ${picturesLine(config, pictures)}`,
    `Network   ${parametersLine(artifacts)}`,
    `Training  preset ${config.preset}, grid ${formatGrid(config.grid)}, ${counted(config.epochs, 'epoch')} of ${counted(steps, 'step')}, ${batch} each, ${rates}`,
    ...weightsLines(config, artifacts),
  ]
}

function picturesLine(config: TrainingConfig, { source, split, manifest }: SplitPictures): string {
  const parts = `${count(split.train.count)} train, ${count(split.val.count)} val, ${count(split.test.count)} test`
  if (!manifest) return `${count(source.count)} drawn from seed ${config.seed}: ${parts}`
  const leftOut = manifest.unusable.length + manifest.duplicates.length
  return `${count(source.count)} of ${manifest.folder}: ${parts}; ${count(leftOut)} left out`
}

function parametersLine({ checkpoint }: TrainingArtifacts): string {
  const { trainable, groups } = listParameters(checkpoint)
  return `${count(trainable)} parameters (${groups.map(group => `${group.name} ${count(group.count)}`).join(', ')})`
}

function weightsLines({ backboneLr }: TrainingConfig, { checkpoint }: TrainingArtifacts): string[] {
  const origins = readOrigins(checkpoint)
  const lines = [`Weights   ${firstWeightsWords(origins)}`]
  if (origins.length === 0 && backboneLr < USEFUL_RATE) {
    lines.push(
      `Hint: from random weights a backbone learning rate of ${backboneLr} hardly learns; --preset exp9-scratch uses 0.001 for every group.`,
    )
  }
  return lines
}
