import { readGolden } from './golden-sketch.js'
import { goldenUniform } from './golden-tensors.js'

/** An input of an operator case: `values`, or else `scale * goldenUniform(name) + offset`. */
export interface OperatorInput {
  readonly name: string
  readonly shape: readonly number[]
  readonly scale?: number
  readonly offset?: number
  readonly values?: readonly number[]
}

/** One application of an ONNX operator with PyTorch's results for it, in float64: `test/goldens/README.md`. */
export interface OperatorCase {
  readonly name: string
  readonly op: string
  /** The ONNX operator's attributes; of Resize also `scales`, which ONNX takes as an input. */
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>
  /** Those that gradients are taken for, in ONNX's order. */
  readonly inputs: readonly OperatorInput[]
  readonly outputShape: readonly number[]
  readonly output: readonly number[]
  /** BatchNormalization's statistics of the batch, the variance biased. */
  readonly batch?: { readonly mean: readonly number[]; readonly variance: readonly number[] }
  /** `goldenUniform` of this name, in the output's shape, is the gradient of the output. */
  readonly gradOutputName: string
  /** The gradient of each input. */
  readonly gradients: readonly (readonly number[])[]
}

export const loadOperatorCases = (): readonly OperatorCase[] =>
  readGolden<{ cases: OperatorCase[] }>('operators.json').cases

/** The elements of an operator case's input. */
export function operatorInput({ name, shape, scale = 1, offset = 0, values }: OperatorInput): Float32Array {
  if (values !== undefined) return Float32Array.from(values)
  const count = shape.reduce((product, dim) => product * dim, 1)
  return goldenUniform(name, count).map(value => scale * value + offset)
}
