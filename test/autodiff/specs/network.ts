import type { GraphBuilder } from '../../../src/onnx/builder.js'
import type { Shape, Value } from '../../../src/onnx/graph.js'
import type { OpAttributes } from '../../../src/onnx/op-table.js'
import { tensor } from '../../../src/tensor.js'
import {
  apart,
  between,
  type Draw,
  type GradientSpec,
  type InputSpec,
  plainInputs,
} from '../../support/gradient-spec.js'

const around =
  (mean: number, deviation: number): Draw =>
  random =>
    mean + deviation * random.normal()

function vector(b: GraphBuilder, values: readonly number[]): Value {
  return b.constant(tensor('float32', [values.length], Float32Array.from(values)))
}

/** Batch-norm of three channels in training form. */
function batchNorm(name: string, shape: Shape, draw?: Draw): GradientSpec {
  return {
    name: `BatchNormInternal ${name}`,
    accuracy: 'float32',
    inputs: [{ shape, ...(draw && { draw }) }, { shape: [3], draw: between(0.5, 1.5) }, { shape: [3] }],
    build: (b, x, scale, bias) => {
      const state = [vector(b, [0, 0.5, -0.5]), vector(b, [1, 2, 0.5])]
      const attributes = { epsilon: 1e-3, momentum: 0.99, training_mode: 1 }
      return b.emitAll('BatchNormInternal', [x!, scale!, bias!, ...state], attributes, 5)[0]!
    },
  }
}

const normalizations: readonly GradientSpec[] = [
  batchNorm('of pictures', ['P', 3, 4, 5]),
  batchNorm('of one picture', [1, 3, 4, 4]),
  batchNorm('of one row', [3, 3, 1, 5], around(0, 2)),
  batchNorm('of vectors', ['P', 3], around(0, 1)),
  batchNorm('with a mean of 30 deviations', ['P', 3, 4, 4], around(30, 1)),
  batchNorm('of small numbers', [2, 3, 4, 4], around(0, 0.1)),
  ...(
    [
      ['P', 3, 2, 4],
      [5, 3],
    ] as const
  ).map(
    (shape): GradientSpec => ({
      name: `BatchNormalization, inference form [${shape}]`,
      accuracy: 'linear',
      inputs: plainInputs(shape, [3], [3]),
      build: (b, ...x) => b.emit('BatchNormalization', [...x, vector(b, [0, 0.5, -0.5]), vector(b, [1, 2, 0.5])]),
    }),
  ),
  ...[-1, -2].flatMap(axis =>
    [true, false].map((hasBias): GradientSpec => {
      const shape = axis === -1 ? [5] : [4, 5]
      const bias: readonly InputSpec[] = hasBias ? [{ shape }] : []
      return {
        name: `LayerNormalization axis ${axis}${hasBias ? ' with bias' : ''}`,
        accuracy: 'float32',
        inputs: [{ shape: ['P', 4, 5], draw: around(1, 1) }, { shape, draw: between(0.5, 1.5) }, ...bias],
        build: (b, ...x) => b.emitAll('LayerNormalization', x, { axis }, 3)[0]!,
      }
    }),
  ),
]

const softmaxes: readonly GradientSpec[] = (['Softmax', 'LogSoftmax'] as const).flatMap(op =>
  [-1, 0, 1, 2].map(axis => ({
    name: `${op} axis ${axis}`,
    accuracy: 'float32',
    inputs: [{ shape: axis === 0 ? [4, 3, 5] : ['P', 3, 5], draw: between(-2, 2) }],
    build: (b, x) => b.emit(op, [x!], { axis }),
  })),
)

type PoolCase = readonly [string, readonly number[], Partial<OpAttributes<'AveragePool'>>]

const pools: readonly PoolCase[] = [
  ['2x2', [3, 4, 6], { kernel_shape: [2, 2], strides: [2, 2] }],
  ['2x2 with a rest', [2, 5, 7], { kernel_shape: [2, 2], strides: [2, 2] }],
  ['3x3 strides 2 padded, odd', [2, 7, 5], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
  ['3x3 strides 2 padded, even', [2, 6, 8], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
  ['3x3 overlapping', [2, 5, 6], { kernel_shape: [3, 3] }],
  ['3x2 asymmetric pads', [2, 5, 6], { kernel_shape: [3, 2], pads: [1, 0, 0, 1] }],
]

/** The gradients of windowed poolings need all sizes. */
const pooling: readonly GradientSpec[] = [
  ...pools.flatMap(([name, picture, attributes]): GradientSpec[] => [
    ...[0, 1].map(
      (count_include_pad): GradientSpec => ({
        name: `AveragePool ${name}, padding ${count_include_pad ? '' : 'not '}counted`,
        accuracy: 'linear',
        inputs: plainInputs(['P', ...picture]),
        build: (b, x) => b.emit('AveragePool', [x!], { ...attributes, count_include_pad }),
      }),
    ),
    {
      name: `MaxPool ${name}`,
      accuracy: 'float32',
      inputs: [{ shape: ['P', ...picture], draw: apart() }],
      build: (b, x) => b.emitAll('MaxPool', [x!], attributes, 2)[0]!,
    },
  ]),
  ...[
    ['P', 3, 4, 5],
    [2, 3, 1, 1],
    ['P', 2, 6],
  ].map(
    (shape): GradientSpec => ({
      name: `GlobalAveragePool [${shape}]`,
      accuracy: 'linear',
      inputs: plainInputs(shape),
      build: (b, x) => b.emit('GlobalAveragePool', [x!]),
    }),
  ),
]

const labels = (b: GraphBuilder, dims: readonly number[], values: readonly number[]): Value =>
  b.constant(tensor('int64', dims, BigInt64Array.from(values, BigInt)))

const losses: readonly GradientSpec[] = (['mean', 'sum', 'none'] as const).flatMap(reduction =>
  [false, true].flatMap(weighted =>
    [undefined, 2].map((ignore_index): GradientSpec => {
      const name = `SoftmaxCrossEntropyLoss ${reduction}${weighted ? ' weighted' : ''}`
      return {
        name: ignore_index === undefined ? name : `${name} without class ${ignore_index}`,
        accuracy: 'float32',
        inputs: [{ shape: [3, 4, 2], draw: between(-2, 2) }],
        build: (b, scores) => {
          const target = labels(b, [3, 2], [0, 2, 3, 1, 1, 2])
          const weights = weighted ? vector(b, [1, 2, 0.5, 3]) : null
          return b.emitAll('SoftmaxCrossEntropyLoss', [scores!, target, weights], { reduction, ignore_index }, 2)[0]!
        },
      }
    }),
  ),
)

/** A seed gives each new session the same masks. */
const dropouts: readonly GradientSpec[] = [1, 0].map(training => ({
  name: `Dropout ${training ? 'in training' : 'otherwise'}`,
  accuracy: 'linear',
  inputs: plainInputs(['P', 20]),
  build: (b, x) => {
    const inputs = [x!, b.scalar(0.4), b.constant(tensor('bool', [], Uint8Array.of(training)))]
    return b.emitAll('Dropout', inputs, { seed: 7 }, 2)[0]!
  },
}))

const scale: readonly GradientSpec[] = [0, 1].map(scale_down => ({
  name: `Scale ${scale_down ? 'down' : 'up'}`,
  accuracy: 'linear',
  inputs: plainInputs(['P', 3]),
  build: (b, x) => b.emit('Scale', [x!, b.scalar(4, 'int64')], { scale_down }),
}))

export const networkSpecs: readonly GradientSpec[] = [
  ...normalizations,
  ...softmaxes,
  ...pooling,
  ...losses,
  ...dropouts,
  ...scale,
]
