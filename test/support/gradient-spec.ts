import type { GraphBuilder } from '../../src/onnx/builder.js'
import type { Shape, Value } from '../../src/onnx/graph.js'
import type { Random } from '../../src/prng.js'

/** Element `index` of `count`. */
export type Draw = (random: Random, index: number, count: number) => number

export interface InputSpec {
  readonly shape: Shape
  /** By default uniform in [-1, 1). */
  readonly draw?: Draw
}

/**
 * How exact the numeric derivative is: the function is `linear` in each input (a step of 1 has no truncation error), or runs in
 * `float64`, or runs in `float32`.
 */
export type Accuracy = 'linear' | 'float64' | 'float32'

/** A differentiable function of some inputs, whose gradient is to be checked. */
export interface GradientSpec {
  readonly name: string
  readonly accuracy: Accuracy
  readonly inputs: readonly InputSpec[]
  readonly build: (b: GraphBuilder, ...inputs: Value[]) => Value
}

/** What the symbolic dimensions of specs stand for; P is a multiple of Q. */
export const batchSizes: Readonly<Record<string, number>> = { P: 4, Q: 2, N: 3 }

/** Inputs of these shapes, uniform in [-1, 1). */
export function plainInputs(...shapes: readonly Shape[]): InputSpec[] {
  return shapes.map(shape => ({ shape }))
}

/** Uniform between two numbers, but `margin` away from the kinks. */
export function between(low: number, high: number, kinks: readonly number[] = [], margin = 0.05): Draw {
  return random => {
    for (;;) {
      const value = random.between(low, high)
      if (kinks.every(kink => Math.abs(value - kink) >= margin)) return value
    }
  }
}

/** Numbers of which no two are closer than `gap`, in an order of no meaning. */
export function apart(gap = 0.05): Draw {
  return (_, index, count) => gap * (((index * multiplierFor(count) + 3) % count) - count / 2)
}

/** Walks through 0..count-1 in jumps. */
function multiplierFor(count: number): number {
  const divides = (a: number, b: number): number => (b === 0 ? a : divides(b, a % b))
  let multiplier = Math.max(1, Math.floor(count * 0.618))
  while (divides(multiplier, count) !== 1) multiplier++
  return multiplier
}
