import type { GraphBuilder } from '../onnx/builder.js'
import type { Value } from '../onnx/graph.js'
import type { Random } from '../prng.js'
import type { ArrayOf } from '../tensor.js'

/** Draws the first values of a parameter of the given shape. */
export type Initializer = (random: Random, shape: readonly number[]) => ArrayOf<'float32'>

/** A tensor that belongs to a network and outlives a step. */
export interface ParameterSpec {
  /** As in the PyTorch `state_dict`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly initializer: Initializer
  /** False for running statistics: state that no gradient reaches. */
  readonly trainable: boolean
}

/** Declares a network's parameters as inputs of its graph and keeps the list of them. */
export class ParameterScope {
  private readonly declared: ParameterSpec[] = []

  constructor(private readonly b: GraphBuilder) {}

  /** Adds a float32 graph input. @throws E_SHAPE where the name is taken */
  declare(name: string, shape: readonly number[], initializer: Initializer, trainable = true): Value {
    const value = this.b.input(name, 'float32', shape)
    this.declared.push({ name, shape, initializer, trainable })
    return value
  }

  /** Everything declared so far, in order. */
  get specs(): readonly ParameterSpec[] {
    return this.declared
  }
}
