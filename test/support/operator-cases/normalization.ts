import type { Value } from '../../../src/onnx/graph.js'
import type { CaseInputs, OperatorCase } from './case.js'

interface BatchCase {
  readonly name: string
  readonly x: readonly number[]
  /** Of the numbers in X, as multiples of their standard deviation. */
  readonly mean?: number
  readonly epsilon?: number
  readonly momentum?: number
}

const batchCases: readonly BatchCase[] = [
  { name: 'pictures', x: [3, 4, 5, 5] },
  { name: 'epsilon and momentum as MobileNetV3 has them', x: [2, 5, 4, 3], epsilon: 1e-3, momentum: 0.99 },
  { name: 'momentum 0', x: [2, 3, 2, 2], momentum: 0 },
  { name: 'a mean of 100 standard deviations', x: [4, 3, 6, 6], mean: 100 },
  { name: 'one value a channel', x: [1, 4, 1, 1] },
  { name: 'vectors', x: [6, 4] },
  { name: 'sequences', x: [3, 4, 5] },
]

const batchNormInternal: readonly OperatorCase[] = batchCases.map(({ name, x, mean = 0, ...attributes }) => ({
  op: 'BatchNormInternal',
  name,
  build: inputs => {
    const channels = [x[1]!]
    const all = [
      inputs.normal('X', x, mean),
      inputs.normal('scale', channels),
      inputs.normal('B', channels),
      inputs.normal('input_mean', channels),
      inputs.uniform('input_var', channels, 0.5, 2),
    ]
    return inputs.b.emitAll('BatchNormInternal', all, { ...attributes, training_mode: 1 }, 5)
  },
}))

const batchNormalizationGrad: readonly OperatorCase[] = batchCases.map(({ name, x, mean = 0, epsilon = 1e-5 }) => ({
  op: 'BatchNormalizationGrad',
  name,
  build: inputs => {
    const channels = [x[1]!]
    const all = [
      inputs.normal('dY', x),
      inputs.normal('X', x, mean),
      inputs.normal('scale', channels),
      inputs.normal('saved_mean', channels, mean, 0.2),
      inputs.uniform('saved_inv_std', channels, 0.8, 1.2),
    ]
    return inputs.b.emitAll('BatchNormalizationGrad', all, { epsilon }, 3)
  },
}))

function layerInputs(inputs: CaseInputs, x: readonly number[], axis: number): readonly Value[] {
  const first = axis < 0 ? axis + x.length : axis
  const reduced = x.map((size, i) => (i < first ? size : 1))
  return [
    inputs.normal('dY', x),
    inputs.normal('X', x),
    inputs.normal('scale', x.slice(first)),
    inputs.normal('mean', reduced, 0, 0.2),
    inputs.uniform('inv_std_dev', reduced, 0.8, 1.2),
  ]
}

const layerNormalizationGrad: readonly OperatorCase[] = [
  { x: [3, 8], axis: -1 },
  { x: [2, 3, 8], axis: -1 },
  { x: [2, 3, 4, 5], axis: 1 },
  { x: [2, 3, 4, 5], axis: -2 },
].map(({ x, axis }) => ({
  op: 'LayerNormalizationGrad',
  name: `axis ${axis} of [${x}]`,
  build: inputs => inputs.b.emitAll('LayerNormalizationGrad', layerInputs(inputs, x, axis), { axis }, 3),
}))

export const normalizationCases: readonly OperatorCase[] = [
  ...batchNormInternal,
  ...batchNormalizationGrad,
  ...layerNormalizationGrad,
]
