import { LocatorError } from '../../errors.js'
import { counted, percent } from '../../number-words.js'
import { TrainingSession } from '../../training/session/training-session.js'
import { sessionOptions } from '../../training/session-config.js'
import { type EpochEvent, planTraining, train, trainingRanges } from '../../training/trainer.js'
import { Interrupted } from '../exit-codes.js'
import type { Output } from '../output.js'
import type { TrainingParts } from './new-run.js'
import { reportProgress } from './report-progress.js'
import type { StopSignal } from './stop-signal.js'
import { createLoader } from './train-and-test.js'

/** Steps where no --epochs says how many passes: enough for a network that can learn. */
const STEPS = 300
/** Share of the pieces whose cell must be right in the last pass. Chance is a quarter on a 2x2 grid. */
export const OVERFIT_ACCURACY = 0.95

export interface OverfitTask extends TrainingParts {
  readonly batches: number
  /** Passes over the batches; as many as make {@link STEPS} steps where it is left out. */
  readonly epochs: number | undefined
  readonly workers: number
  readonly cacheMb: number
  readonly output: Output
  readonly now: () => number
  readonly stop: StopSignal
}

/**
 * Trains on the first batches only, on pieces as they were cut, and says whether it learned them by heart: a network that cannot will not
 * learn anything else. Accuracy is that of the last pass, in training mode. Nothing is kept.
 *
 * @throws E_DIVERGED where it did not learn them; Interrupted where the user stopped it
 */
export async function overfit(task: OverfitTask): Promise<void> {
  const { pictures, artifacts, output, now, stop } = task
  const ranges = trainingRanges(task.config, pictures.split)
  const batches = planTraining(task.config, ranges.train, 1).slice(0, task.batches)
  const config = { ...task.config, epochs: task.epochs ?? Math.ceil(STEPS / batches.length) }
  const words = batches.length === 1 ? 'the first batch' : `the first ${batches.length} batches`
  output.say(`Overfit   ${words}, ${counted(config.epochs * batches.length, 'step')}; nothing is kept`)
  const loader = createLoader(task)
  const session = await TrainingSession.load(artifacts, sessionOptions(config))
  let last: EpochEvent | undefined
  stop.listen(() => {})
  try {
    await train(config, {
      session,
      loader,
      pictures: { train: ranges.train, val: null },
      batches,
      now,
      onPosition: () => stop.check(),
      onEvent: event => {
        if (event.type === 'epoch') last = event
        else reportProgress(event, config.epochs, output.progress)
      },
    })
  } finally {
    stop.stopListening()
    output.progress({ type: 'end' })
    await session.release()
    await loader.close()
  }
  if (stop.reason === 'interrupted') throw new Interrupted('nothing of --overfit-batches is kept.')
  tellResult(last, words, output)
}

function tellResult(last: EpochEvent | undefined, words: string, output: Output): void {
  const passed = last !== undefined && last.trainAccuracy >= OVERFIT_ACCURACY
  const result = last
    ? `${percent(last.trainAccuracy)} right, loss ${last.trainLoss.toPrecision(3)}`
    : 'no pass was finished'
  if (!passed) {
    const wanted = percent(OVERFIT_ACCURACY)
    throw new LocatorError('E_DIVERGED', `Failed to learn ${words} by heart: ${result}, where ${wanted} are wanted.`, {
      hint: 'Raise --epochs or the learning rates; where that does not help, pictures and targets may not belong together.',
    })
  }
  output.result(`Passed: learned ${words} by heart (${result}).`)
}
