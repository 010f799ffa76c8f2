import type { OperatorCase } from './case.js'

const activations: readonly OperatorCase[] = [
  {
    op: 'ReluGrad',
    name: 'of the input',
    build: i => [i.b.emit('ReluGrad', [i.normal('dY', [3, 5]), i.integers('X', 'float32', [3, 5], -2, 2)])],
  },
  {
    op: 'ReluGrad',
    name: 'of tiny values',
    build: i => [
      i.b.emit('ReluGrad', [i.normal('dY', [6]), i.values('X', 'float32', [6], [1e-29, -1e-29, 0, -0, 1e-30, 3e38])]),
    ],
  },
  {
    op: 'LeakyReluGrad',
    name: 'alpha 0.1',
    build: i => {
      const all = [i.normal('dY', [3, 5]), i.integers('Y', 'float32', [3, 5], -2, 2)]
      return [i.b.emit('LeakyReluGrad', all, { alpha: 0.1 })]
    },
  },
  {
    op: 'SigmoidGrad',
    name: 'as it is',
    build: i => [i.b.emit('SigmoidGrad', [i.normal('dY', [4, 5]), i.uniform('Y', [4, 5], 0, 1)])],
  },
  {
    op: 'TanhGrad',
    name: 'as it is',
    build: i => [i.b.emit('TanhGrad', [i.normal('dY', [4, 5]), i.uniform('Y', [4, 5], -1, 1)])],
  },
]

const alongAxis: readonly OperatorCase[] = (
  [
    [[3, 4], 1],
    [[3, 4], -1],
    [[3, 4], 0],
    [[2, 3, 4], 1],
    [[2, 3, 4, 2], -2],
  ] as const
).flatMap(([dims, axis]) =>
  (['SoftmaxGrad_13', 'LogSoftmaxGrad_13'] as const).map(op => ({
    op,
    name: `axis ${axis} of [${dims}]`,
    build: i => {
      const y = op === 'SoftmaxGrad_13' ? i.uniform('Y', dims, 0, 1) : i.uniform('Y', dims, -4, 0)
      return [i.b.emit(op, [i.normal('dY', dims), y], { axis })]
    },
  })),
)

const dropout: readonly OperatorCase[] = [
  {
    op: 'DropoutGrad',
    name: 'ratio 0.3',
    build: i => {
      const mask = i.integers('mask', 'bool', [4, 5], 0, 1)
      return [i.b.emit('DropoutGrad', [i.normal('dY', [4, 5]), mask, i.values('ratio', 'float32', [], [0.3])])]
    },
  },
  {
    op: 'DropoutGrad',
    name: 'default ratio',
    build: i => [i.b.emit('DropoutGrad', [i.normal('dY', [4, 5]), i.integers('mask', 'bool', [4, 5], 0, 1)])],
  },
  ...[0, 1].map(
    (training): OperatorCase => ({
      op: 'DropoutGrad',
      name: `training_mode ${training}`,
      build: i => {
        const mask = training ? i.integers('mask', 'bool', [3, 5], 0, 1) : i.integers('mask', 'bool', [3, 5], 1, 1)
        const flag = i.values('training_mode', 'bool', [], [training])
        return [i.b.emit('DropoutGrad', [i.normal('dY', [3, 5]), mask, i.values('ratio', 'float32', [], [0.3]), flag])]
      },
    }),
  ),
]

export const activationCases: readonly OperatorCase[] = [...activations, ...alongAxis, ...dropout]
