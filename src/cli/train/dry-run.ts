import { count, counted } from '../../number-words.js'
import { estimateMemory } from '../../training/memory-estimate.js'
import { planTraining, trainingRanges } from '../../training/trainer.js'
import type { Output } from '../output.js'
import { describeTraining } from './header.js'
import type { TrainingParts } from './new-run.js'
import type { TrainArguments } from './train-arguments.js'

/** Says what a training would do and need, as its result. */
export function tellPlan(parts: TrainingParts, { cacheMb }: TrainArguments, output: Output): void {
  const { config, pictures, artifacts } = parts
  const steps = config.epochs * planTraining(config, trainingRanges(config, pictures.split).train, 1).length
  const { state, step, batch } = estimateMemory(config, artifacts)
  for (const line of describeTraining(config, pictures, artifacts)) output.result(line)
  output.result(`Steps     ${count(steps)} in ${counted(config.epochs, 'epoch')}`)
  output.result(
    `Memory    about ${megabytes(state + step)}: a step ${megabytes(step)}, weights and AdamW ${megabytes(state)}; ` +
      `${megabytes(batch)} for each batch made ahead, at most ${count(cacheMb)} MB for pictures (--cache-mb)`,
  )
  output.result('Nothing was trained or written: this is a dry run.')
}

function megabytes(bytes: number): string {
  return `${count(Math.ceil(bytes / 2 ** 20))} MB`
}
