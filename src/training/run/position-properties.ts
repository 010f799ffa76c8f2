import { z } from 'zod'
import { expected } from '../../errors.js'
import type { Checkpoint, Property } from '../checkpoint/checkpoint.js'
import type { TrainingConfig } from '../config.js'
import { noTotals, type TrainingPosition } from '../position.js'
import { checkpointProperties as names } from './run-files.js'

/**
 * What a run's checkpoint says about itself, for people and for going on. Numbers that are no whole ones are texts: float properties
 * would be rounded. Between epochs nothing is said of times, so that equal trainings give equal bytes.
 */
export function positionProperties(position: TrainingPosition, config: TrainingConfig): Map<string, Property> {
  const { epoch, step, totals, best } = position
  const properties = new Map<string, Property>([
    [names.epoch, BigInt(epoch)],
    [names.config, JSON.stringify(config)],
  ])
  if (step > 0) {
    properties.set(names.step, BigInt(step))
    properties.set(names.totals, JSON.stringify(totals))
  }
  if (best) properties.set(names.bestEpoch, BigInt(best.epoch))
  if (best?.cellAccuracy != null) properties.set(names.bestCellAccuracy, String(best.cellAccuracy))
  if (best?.mse != null) properties.set(names.bestMse, String(best.mse))
  return properties
}

const measured = z.number().min(0)
const totalsSchema = z.strictObject({
  loss: measured,
  accuracy: measured,
  dataMs: measured,
  stepMs: measured,
  seconds: measured,
})

/** Reads what {@link positionProperties} wrote. @param where what errors call the checkpoint @throws E_CHECKPOINT */
export function readPosition({ properties }: Checkpoint, where: string): TrainingPosition {
  const whole = (name: string): number => {
    const value = Number(properties.get(name) ?? 0)
    if (Number.isSafeInteger(value) && value >= 0) return value
    throw expected('E_CHECKPOINT', 'a whole number', `the property "${name}" of ${where}`, value)
  }
  const decimal = (name: string): number | null => {
    const text = properties.get(name)
    if (text === undefined) return null
    const value = Number(text)
    if (Number.isFinite(value)) return value
    throw expected('E_CHECKPOINT', 'a number', `the property "${name}" of ${where}`, text)
  }
  const step = whole(names.step)
  const bestEpoch = whole(names.bestEpoch)
  return {
    epoch: whole(names.epoch),
    step,
    totals: step > 0 ? readTotals(properties.get(names.totals), where) : noTotals,
    best:
      bestEpoch === 0
        ? null
        : { epoch: bestEpoch, cellAccuracy: decimal(names.bestCellAccuracy), mse: decimal(names.bestMse) },
  }
}

/** The configuration that a checkpoint was trained with, as it is in the file; null where it says nothing of it. */
export function readTrainedConfig({ properties }: Checkpoint): unknown {
  const text = properties.get(names.config)
  return text === undefined ? null : parseJson(text)
}

/** A checkpoint without what a run says about itself: what the artifacts had, and the state of the session. */
export function withoutPosition(checkpoint: Checkpoint): Checkpoint {
  const own = new Set<string>(Object.values(names))
  return { ...checkpoint, properties: new Map([...checkpoint.properties].filter(([name]) => !own.has(name))) }
}

function readTotals(text: Property | undefined, where: string): TrainingPosition['totals'] {
  const parsed = totalsSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw expected('E_CHECKPOINT', 'sums over the steps', `the property "${names.totals}" of ${where}`, text)
}

function parseJson(text: Property | undefined): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
