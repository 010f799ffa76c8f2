import { resolveWindow, windowOutput } from '../../../src/onnx/window.js'
import type { CaseInputs, OperatorCase } from './case.js'

interface PoolCase {
  readonly name: string
  readonly x: readonly number[]
  readonly kernel_shape: readonly number[]
  readonly strides?: readonly number[]
  readonly pads?: readonly number[]
  readonly count_include_pad?: number
}

const poolCases: readonly PoolCase[] = [
  { name: '2x2 stride 2', x: [2, 3, 6, 4], kernel_shape: [2, 2], strides: [2, 2] },
  { name: '2x2 stride 2 that leaves a row over', x: [2, 2, 5, 7], kernel_shape: [2, 2], strides: [2, 2] },
  { name: '3x3 stride 2, overlapping', x: [1, 2, 7, 9], kernel_shape: [3, 3], strides: [2, 2] },
  { name: '3x3 with pads', x: [2, 2, 5, 6], kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
  {
    name: '3x3 stride 2 with pads, even sizes',
    x: [2, 2, 8, 6],
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  },
  { name: 'pads that differ', x: [1, 2, 6, 7], kernel_shape: [3, 2], strides: [2, 1], pads: [0, 1, 1, 0] },
  { name: 'one axis', x: [2, 3, 9], kernel_shape: [3], strides: [2] },
]

function outputGradient(inputs: CaseInputs, { x, ...attributes }: PoolCase) {
  const full = { auto_pad: 'NOTSET', strides: undefined, pads: undefined, ...attributes }
  const spatial = windowOutput(resolveWindow(full, attributes.kernel_shape), x.slice(2)) as number[]
  return inputs.normal('dY', [...x.slice(0, 2), ...spatial])
}

const maxPool: readonly OperatorCase[] = poolCases.map(pool => ({
  op: 'MaxPoolGrad',
  name: pool.name,
  build: inputs => {
    const { name: _, x, ...attributes } = pool
    const indices = inputs.b.emitAll('MaxPool', [inputs.normal('X', x)], attributes, 2)[1]!
    const declared = [{ type: 'float32', shape: x }] as const
    return [inputs.b.emit('MaxPoolGrad', [outputGradient(inputs, pool), indices], attributes, { declared })]
  },
}))

const averagePool: readonly OperatorCase[] = [
  ...poolCases,
  ...poolCases
    .filter(({ pads }) => pads)
    .map(pool => ({ ...pool, name: `${pool.name}, pads counted`, count_include_pad: 1 })),
].map(pool => ({
  op: 'AveragePoolGrad',
  name: pool.name,
  build: inputs => {
    const { name: _, x, ...attributes } = pool
    const declared = [{ type: 'float32', shape: x }] as const
    return [inputs.b.emit('AveragePoolGrad', [outputGradient(inputs, pool)], attributes, { declared })]
  },
}))

export const poolingCases: readonly OperatorCase[] = [...maxPool, ...averagePool]
