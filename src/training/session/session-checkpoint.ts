import { Random } from '../../prng.js'
import type { Tensor } from '../../tensor.js'
import { averagesProperty, encodeAverages } from '../checkpoint/averaged-weights.js'
import type { Checkpoint, Property } from '../checkpoint/checkpoint.js'
import type { ParameterState } from './parameter-state.js'
import { updateCountProperties, updateProperties } from './update-counts.js'

/** Where a checkpoint keeps the state of the generator of dropout factors. */
const randomProperty = 'dropout_generator'

/** The generator of dropout factors as a checkpoint has it; null where it has none. @throws E_CHECKPOINT where its state is damaged */
export function readRandom({ properties }: Checkpoint): Random | null {
  const text = properties.get(randomProperty)
  return text === undefined ? null : Random.fromState(parseJson(text) as number[])
}

function parseJson(text: Property): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return text
  }
}

/** ONNX Runtime's default learning rate; the file format has a place for it, and nothing reads it. */
const initialLearningRate = Math.fround(0.001)

/** All that a session's checkpoint is made of. */
export interface SessionContents {
  readonly states: ReadonlyMap<string, ParameterState>
  /** Whether the averages are kept. */
  readonly averaged: boolean
  readonly frozen: ReadonlySet<string>
  readonly statistics: ReadonlyMap<string, Tensor>
  /** Optimizer steps taken. */
  readonly step: number
  readonly random: readonly number[]
  /** The caller's own. */
  readonly properties: ReadonlyMap<string, Property>
}

/** A checkpoint that a session continues from bit for bit; tensors and properties are in the order of the one that it was loaded from. */
export function createCheckpoint(loaded: Checkpoint, contents: SessionContents): Checkpoint {
  const { states, averaged, frozen, statistics, step, random, properties } = contents
  const names = [...loaded.trainable.keys()]
  const stateOf = (name: string): ParameterState => states.get(name)!
  const counts = names.map(name => [name, { updates: stateOf(name).updates, frozen: frozen.has(name) }] as const)
  const averages = averaged ? names.map(name => stateOf(name).average!) : []
  const own = new Set<string>([...Object.values(updateProperties), averagesProperty, randomProperty])
  return {
    trainable: new Map(names.map(name => [name, stateOf(name).weight])),
    frozen: new Map([...loaded.frozen.keys()].map(name => [name, statistics.get(name)!])),
    optimizer: {
      group: 'group0',
      step,
      initialLearningRate,
      moments: new Map(names.map(name => [name, stateOf(name).moments])),
    },
    properties: new Map([
      ...[...loaded.properties].filter(([name]) => !own.has(name)),
      ...properties,
      ...updateCountProperties(counts, step),
      ...(averages.length > 0 ? [[averagesProperty, encodeAverages(averages)] as const] : []),
      [randomProperty, JSON.stringify(random)],
    ]),
  }
}
