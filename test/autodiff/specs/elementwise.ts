import type { GraphBuilder } from '../../../src/onnx/builder.js'
import type { Shape, Value } from '../../../src/onnx/graph.js'
import type { OpType } from '../../../src/onnx/op-table.js'
import { elementCount, tensor } from '../../../src/tensor.js'
import { apart, between, type Draw, type GradientSpec, plainInputs } from '../../support/gradient-spec.js'

/** Every way in which two shapes can broadcast, with numbers and with symbols. */
export const broadcastPairs: readonly (readonly [Shape, Shape])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [
    [2, 3],
    [1, 3],
  ],
  [
    [2, 3],
    [2, 1],
  ],
  [
    [2, 1],
    [1, 3],
  ],
  [[2, 3], []],
  [[], [3]],
  [[], []],
  [[1], [2, 3]],
  [[1, 1], [2]],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [
    [2, 1, 4],
    [3, 1],
  ],
  [
    [1, 3, 1],
    [2, 1, 4],
  ],
  [
    ['P', 3],
    ['P', 3],
  ],
  [['P', 3], [3]],
  [
    ['P', 3],
    ['P', 1],
  ],
  [
    [1, 3],
    ['P', 1],
  ],
  [
    ['P', 2, 3],
    [2, 1],
  ],
  [
    ['P', 'Q'],
    ['P', 1],
  ],
  [['Q'], ['P', 'Q']],
]

type Binary = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Max' | 'Min'

function binary(op: Binary, accuracy: GradientSpec['accuracy'], left?: Draw, right?: Draw): GradientSpec[] {
  return broadcastPairs.map(([a, c]) => ({
    name: `${op} [${a}] [${c}]`,
    accuracy,
    inputs: [
      { shape: a, ...(left && { draw: left }) },
      { shape: c, ...(right && { draw: right }) },
    ],
    build: (b, x, y) => b.emit(op, [x!, y!]),
  }))
}

/** Odd and even hundredths, so that an element of the one input never equals one of the other. */
const evenHundredths: Draw = random => 0.02 * random.integer(100) - 1
const oddHundredths: Draw = random => 0.02 * random.integer(100) - 0.99

interface UnaryCase {
  readonly op: string
  readonly accuracy: GradientSpec['accuracy']
  readonly draw?: Draw
  readonly build: (b: GraphBuilder, x: Value) => Value
}

function unaryCase(op: OpType, accuracy: GradientSpec['accuracy'], draw?: Draw): UnaryCase {
  return { op, accuracy, ...(draw && { draw }), build: (b, x) => b.emit(op, [x]) }
}

const unaryCases: readonly UnaryCase[] = [
  unaryCase('Identity', 'linear'),
  unaryCase('Neg', 'linear'),
  unaryCase('Abs', 'float64', between(-1, 1, [0])),
  unaryCase('Reciprocal', 'float64', between(0.5, 2)),
  unaryCase('Sqrt', 'float64', between(0.3, 2)),
  unaryCase('Exp', 'float64'),
  unaryCase('Log', 'float64', between(0.3, 2)),
  unaryCase('Erf', 'float32'),
  unaryCase('Sin', 'float64', between(-4, 4)),
  unaryCase('Cos', 'float64', between(-4, 4)),
  unaryCase('Softplus', 'float32', between(-3, 3)),
  unaryCase('Tanh', 'float32', between(-2, 2)),
  unaryCase('Sigmoid', 'float32', between(-4, 4)),
  unaryCase('Relu', 'float32', between(-1, 1, [0])),
  unaryCase('LeakyRelu', 'float32', between(-1, 1, [0])),
  unaryCase('HardSwish', 'float32', between(-5, 5, [-3, 3])),
  unaryCase('HardSigmoid', 'float32', between(-5, 5, [-2.5, 2.5])),
  {
    op: 'LeakyRelu with a negative slope',
    accuracy: 'float32',
    draw: between(-1, 1, [0]),
    build: (b, x) => b.emit('LeakyRelu', [x], { alpha: -0.5 }),
  },
  {
    op: 'HardSigmoid alpha 1/6',
    accuracy: 'float32',
    draw: between(-5, 5, [-3, 3]),
    build: (b, x) => b.emit('HardSigmoid', [x], { alpha: 1 / 6 }),
  },
  {
    op: 'Clip',
    accuracy: 'float64',
    draw: between(-1, 1, [-0.4, 0.6]),
    build: (b, x) => b.emit('Clip', [x, float64(b, -0.4), float64(b, 0.6)]),
  },
  {
    op: 'Clip below',
    accuracy: 'float64',
    draw: between(-1, 1, [0]),
    build: (b, x) => b.emit('Clip', [x, float64(b, 0)]),
  },
  {
    op: 'Clip above',
    accuracy: 'float64',
    draw: between(-1, 1, [0]),
    build: (b, x) => b.emit('Clip', [x, null, float64(b, 0)]),
  },
  { op: 'Clip without bounds', accuracy: 'float64', build: (b, x) => b.emit('Clip', [x]) },
  {
    op: 'Cast there and back',
    accuracy: 'float32',
    build: (b, x) => b.emit('Cast', [b.emit('Exp', [b.emit('Cast', [x], { to: 11 })])], { to: 1 }),
  },
  { op: 'x x', accuracy: 'float64', build: (b, x) => b.emit('Mul', [x, x]) },
  {
    op: 'a value with three users',
    accuracy: 'float64',
    build: (b, x) => b.emit('Add', [b.emit('Mul', [b.emit('Exp', [x]), x]), x]),
  },
]

function float64(b: GraphBuilder, value: number): Value {
  return b.constant(tensor('float64', [], Float64Array.of(value)))
}

const unary: readonly GradientSpec[] = unaryCases.flatMap(({ op, accuracy, draw, build }) =>
  [
    [2, 3, 4],
    ['P', 5],
  ].map(shape => ({
    name: `${op} [${shape}]`,
    accuracy,
    inputs: [{ shape, ...(draw && { draw }) }],
    build: (b: GraphBuilder, x?: Value) => build(b, x!),
  })),
)

const powers: readonly GradientSpec[] = [0.5, 1, 2, 3, -1.5].map(power => ({
  name: `Pow ${power}`,
  accuracy: 'float64',
  inputs: [{ shape: ['P', 3], draw: between(0.5, 2) }],
  build: (b, x) => b.emit('Pow', [x!, float64(b, power)]),
}))

/** Shapes of condition and branches. */
const whereShapes: readonly (readonly [readonly number[], Shape, Shape])[] = [
  [
    [2, 3],
    [2, 3],
    [2, 3],
  ],
  [[3], [2, 1], [2, 3]],
  [[2, 1], [3], []],
  [[3], ['P', 1], ['P', 3]],
  [[3], ['P', 3], [1, 3]],
]

function alternating(b: GraphBuilder, dims: readonly number[]): Value {
  const count = elementCount(dims)
  return b.constant(
    tensor(
      'bool',
      dims,
      Uint8Array.from({ length: count }, (_, i) => i % 2),
    ),
  )
}

const variadic: readonly GradientSpec[] = [
  {
    name: 'Sum of three',
    accuracy: 'linear',
    inputs: plainInputs([2, 3], [3], [2, 1]),
    build: (b, ...x) => b.emit('Sum', x),
  },
  {
    name: 'Max of three',
    accuracy: 'float64',
    inputs: [
      { shape: [3, 4], draw: apart(0.04) },
      { shape: [4], draw: between(-0.01, 0) },
      { shape: [], draw: () => 0.01 },
    ],
    build: (b, ...x) => b.emit('Max', x),
  },
  { name: 'Min of one', accuracy: 'float64', inputs: plainInputs(['P', 2]), build: (b, x) => b.emit('Min', [x!]) },
  ...whereShapes.map(
    ([condition, a, c]): GradientSpec => ({
      name: `Where [${condition}] [${a}] [${c}]`,
      accuracy: 'linear',
      inputs: plainInputs(a, c),
      build: (b, x, y) => b.emit('Where', [alternating(b, condition), x!, y!]),
    }),
  ),
]

export const elementwiseSpecs: readonly GradientSpec[] = [
  ...unary,
  ...binary('Add', 'linear'),
  ...binary('Sub', 'linear'),
  ...binary('Mul', 'linear'),
  ...binary('Div', 'float64', undefined, between(0.5, 2)),
  ...binary('Pow', 'float64', between(0.5, 2), between(-2, 2)),
  ...binary('Max', 'float64', evenHundredths, oddHundredths),
  ...binary('Min', 'float64', evenHundredths, oddHundredths),
  ...powers,
  ...variadic,
]
