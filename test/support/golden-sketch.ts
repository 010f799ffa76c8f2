import { readFileSync } from 'node:fs'
import { elementCount, type Tensor, tensor } from '../../src/tensor.js'
import { goldenPictures, goldenTargets, signWords } from './golden-tensors.js'

/** A tensor as the goldens keep it: not its elements, but its L2 norm and its products with vectors of random signs. */
export interface GoldenTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly norm: number
  readonly sketches: readonly number[]
  /** All elements, where there are at most 64 and the tensor is a gradient. */
  readonly values?: readonly number[]
}

/** One training step of exp9 in float64: `test/goldens/README.md`. */
export interface Exp9Step {
  readonly inputs: Readonly<Record<'piece' | 'puzzle' | 'target', { name: string; shape: readonly number[] }>>
  readonly loss: number
  readonly position: readonly number[]
  readonly attention: GoldenTensor
  /** The norm of all gradients together. */
  readonly gradientNorm: number
  /** Of all trainable parameters, in the order of PyTorch's `state_dict`. */
  readonly gradients: readonly GoldenTensor[]
  /** Running means and (biased) running variances after the step. */
  readonly state: readonly GoldenTensor[]
}

export type Exp9Group = 'backbone' | 'correlation' | 'refinement'

/** Ten steps of AdamW from the same start, on the same batch. */
export interface Exp9Adamw {
  readonly learningRates: Readonly<Record<Exp9Group, number>>
  readonly betas: readonly [number, number]
  readonly epsilon: number
  readonly weightDecay: number
  /** The loss of each step, before its update. */
  readonly losses: readonly number[]
  /** The training-mode loss after the tenth update. */
  readonly lossAfter: number
  /** Norms over a group's parameters after ten updates, and of what the updates added up to. */
  readonly groups: Readonly<Record<Exp9Group, { norm: number; changeNorm: number }>>
}

/** Steps of AdamW while parts of exp9 are frozen, from the same start on the same batch. */
export interface Exp9FreezingRun {
  /** The loss of each batch. */
  readonly losses: readonly number[]
  /** The norm of all gradients of each step, before clipping. */
  readonly gradientNorms: readonly number[]
  /** Norms of what a group's parameters changed by, and their moving averages where there are any. */
  readonly groups: Readonly<Record<Exp9Group, { changeNorm: number; averageChangeNorm?: number }>>
}

export type Exp9Freezing = Readonly<
  Record<'frozen' | 'unfreezing' | 'frozenStatistics' | 'accumulated', Exp9FreezingRun>
>

/** How PyTorch and torchvision draw a parameter: its standard deviation, its bound (uniform in +-bound), or its value. */
export type Exp9Init = readonly [name: string, kind: 'normal' | 'uniform' | 'constant', parameter: number]

/** The names and shapes of exp9's tensors in the order of PyTorch's `state_dict`, running statistics among them. */
export interface Exp9Parameters {
  /** Elements of all trainable parameters. */
  readonly trainable: number
  readonly tensors: readonly (readonly [name: string, shape: readonly number[]])[]
}

export const loadExp9Step = (): Exp9Step => readGolden('exp9-step.json')
export const loadExp9Adamw = (): Exp9Adamw => readGolden('exp9-adamw.json')
export const loadExp9Freezing = (): Exp9Freezing => readGolden('exp9-freezing.json')
export const loadExp9Parameters = (): Exp9Parameters => readGolden('exp9-parameters.json')
export const loadExp9Init = (): readonly Exp9Init[] =>
  readGolden<{ parameters: Exp9Init[] }>('exp9-init.json').parameters

/** The batch that both exp9 goldens were made on: 8 pieces of 2 puzzles. */
export function exp9Batch({ inputs }: Exp9Step): Record<'piece' | 'puzzle' | 'target', Tensor<'float32'>> {
  const { piece, puzzle, target } = inputs
  const pictures = ({ name, shape }: typeof piece) =>
    tensor('float32', shape, goldenPictures(name, shape[0]!, shape[2]!))
  return {
    piece: pictures(piece),
    puzzle: pictures(puzzle),
    target: tensor('float32', target.shape, goldenTargets(target.name, target.shape[0]!)),
  }
}

/**
 * An unbiased estimate of the norm of the difference between a tensor and the golden one of that name, from the sketches
 * of the golden one: the root mean square of the differences of their products with random signs. With 32 sketches it
 * has a standard error of 13%. NaN where the tensor has one.
 */
export function sketchErrorNorm(name: string, gradient: ArrayLike<number>, sketches: readonly number[]): number {
  const own = sketch(name, gradient, sketches.length)
  return Math.sqrt(sketches.reduce((sum, golden, k) => sum + (own[k]! - golden) ** 2, 0) / sketches.length)
}

/**
 * How far the gradients of one step are from the golden ones: the largest error norm over
 * max(own norm, 1e-4 x norm of all gradients together), the name it belongs to, and the median of error norm over own
 * norm. The floor is for the gradients that are zero in theory, where rounding is all there is. A gradient that is
 * missing, of another size or not finite counts as infinitely far.
 */
export function compareGradients(
  { gradients, gradientNorm }: Pick<Exp9Step, 'gradients' | 'gradientNorm'>,
  candidates: ReadonlyMap<string, ArrayLike<number>>,
): { worst: number; worstName: string; median: number } {
  const rows = gradients.map(golden => {
    const error = errorNorm(golden, candidates.get(golden.name))
    return {
      name: golden.name,
      toFloor: error / Math.max(golden.norm, 1e-4 * gradientNorm),
      toOwn: error / golden.norm,
    }
  })
  const worst = rows.reduce((a, b) => (b.toFloor > a.toFloor ? b : a))
  const sorted = rows.map(row => row.toOwn).sort((a, b) => a - b)
  return { worst: worst.toFloor, worstName: worst.name, median: sorted[sorted.length >> 1]! }
}

function errorNorm({ name, shape, sketches }: GoldenTensor, candidate: ArrayLike<number> | undefined): number {
  if (candidate?.length !== elementCount(shape)) return Number.POSITIVE_INFINITY
  const error = sketchErrorNorm(name, candidate, sketches)
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error
}

/** The products of a tensor with its name's first `count` vectors of random signs. */
export function sketch(name: string, values: ArrayLike<number>, count: number): Float64Array {
  const word = signWords(name)
  const sums = new Float64Array(count)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    for (let k = 0, bits = word(i); k < count; k++, bits >>>= 1) sums[k]! += bits & 1 ? -value : value
  }
  return sums
}

/** The Euclidean norm. */
export function norm(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2
  return Math.sqrt(sum)
}

export function readGolden<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../goldens/${file}`, import.meta.url), 'utf8')) as T
}
