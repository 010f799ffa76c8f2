import { z } from 'zod'
import { expected } from '../../errors.js'
import type { Checkpoint, Property } from '../checkpoint/checkpoint.js'

/** Keys of the property bag, both JSON: names of parameters by number. What is in neither was trained in every step. */
export const updateProperties = {
  /** Trained parameters, by the step after which they became trainable. */
  startSteps: 'start_steps',
  /** Frozen parameters, by the steps that they took part in. */
  frozen: 'frozen_parameters',
} as const

/** How often a parameter was updated so far, and whether it is frozen. */
export interface UpdateCount {
  readonly updates: number
  readonly frozen: boolean
}

/** The AdamW steps that each trainable parameter took part in. @throws E_CHECKPOINT where the properties contradict the checkpoint */
export function readUpdates(checkpoint: Checkpoint): Map<string, number> {
  const steps = checkpoint.optimizer?.step ?? 0
  const updates = new Map([...checkpoint.trainable.keys()].map(name => [name, steps]))
  const set = (property: string, count: (number: number) => number): void => {
    for (const [number, names] of readNumbered(checkpoint, property)) {
      for (const name of names) updates.set(name, count(number))
    }
  }
  set(updateProperties.startSteps, start => steps - start)
  set(updateProperties.frozen, count => count)
  return updates
}

/** The parameters that a checkpoint was saved with as frozen. @throws E_CHECKPOINT where that is no list of its parameters */
export function readFrozen(checkpoint: Checkpoint): ReadonlySet<string> {
  return new Set(readNumbered(checkpoint, updateProperties.frozen).flatMap(([, names]) => names))
}

/**
 * The properties that say how often each parameter was updated; none where all were in every step.
 *
 * @param steps optimizer steps taken so far
 */
export function updateCountProperties(
  counts: Iterable<readonly [name: string, count: UpdateCount]>,
  steps: number,
): Map<string, Property> {
  const [starts, frozen] = [new Map<number, string[]>(), new Map<number, string[]>()]
  for (const [name, count] of counts) {
    if (!count.frozen && count.updates === steps) continue
    const [map, key] = count.frozen ? [frozen, count.updates] : [starts, steps - count.updates]
    map.set(key, [...(map.get(key) ?? []), name])
  }
  const json = (map: Map<number, string[]>): string => JSON.stringify(Object.fromEntries(map))
  return new Map(
    (
      [
        [updateProperties.startSteps, starts],
        [updateProperties.frozen, frozen],
      ] as const
    ).flatMap(([name, map]) => (map.size > 0 ? [[name, json(map)]] : [])),
  )
}

const schema = z.record(z.string().regex(/^\d{1,15}$/), z.array(z.string()))

function readNumbered(checkpoint: Checkpoint, property: string): [number: number, names: readonly string[]][] {
  const text = checkpoint.properties.get(property)
  if (text === undefined) return []
  const parsed = schema.safeParse(parseJson(text))
  const steps = checkpoint.optimizer?.step ?? 0
  const lists = parsed.success ? Object.entries(parsed.data).map(([key, names]) => [Number(key), names] as const) : null
  const fits = lists?.every(([number, names]) => number <= steps && names.every(name => checkpoint.trainable.has(name)))
  if (lists && fits) return lists.map(([number, names]) => [number, names])
  throw expected('E_CHECKPOINT', `names of trainable parameters by a number up to ${steps}`, `"${property}"`, text)
}

function parseJson(text: Property): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
