import { formatDuration, percent } from '../../number-words.js'
import type { EpochEvent, TrainingEvent } from '../../training/trainer.js'
import type { ProgressDisplay } from '../progress.js'

/** Shows a training's events: the bar with each step, a line that stays with each epoch. */
export function reportProgress(event: TrainingEvent, epochs: number, progress: ProgressDisplay): void {
  const label = `epoch ${event.epoch}/${epochs}`
  if (event.type === 'epoch') progress({ type: 'note', text: `${label}  ${epochLine(event)}` })
  else {
    const { step, steps, loss, accuracy, dataMs, stepMs } = event
    progress({ type: 'advance', label, done: step, total: steps, loss, accuracy, dataMs, stepMs })
  }
}

function epochLine({ trainLoss, trainAccuracy, val, best, seconds, dataMs, stepMs }: EpochEvent): string {
  return [
    `train loss ${trainLoss.toPrecision(3)} accuracy ${percent(trainAccuracy)}`,
    val && `val loss ${val.mse.toPrecision(3)} accuracy ${percent(val.cellAccuracy)} of ${val.n}`,
    `step ${Math.round(stepMs)} ms, data wait ${Math.round(dataMs)} ms`,
    formatDuration(1000 * seconds),
    best && val && 'best so far',
  ]
    .filter(part => part)
    .join('  ')
}
