import type { AttributeValue, Shape, ValueType } from '../../src/onnx/graph.js'
import type { RuntimeOp } from '../../src/onnx/op-table.js'
import { type ArrayOf, type DataType, elementCount, type Tensor, tensor } from '../../src/tensor.js'

/** An operator that every build of stock ONNX Runtime runs: those on blocked pictures depend on the processor. */
export type PortableOp = Exclude<RuntimeOp, `nchwc.${string}`>

/** One call of an operator: inputs are fed where only their type is given, constants where they are tensors. */
export interface RuntimeCase {
  readonly inputs: readonly (ValueType | Tensor | null)[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  /** How many outputs it has; 1 by default. */
  readonly outputs?: number
}

/** What the symbols in the cases' shapes stand for. */
export const symbolSizes = { N: 2, H: 9, W: 7 } as const

const fed = (type: DataType, ...shape: Shape): ValueType => ({ type, shape })
const float = (...shape: Shape): ValueType => fed('float32', ...shape)

function constant<T extends DataType>(type: T, dims: readonly number[], ...values: number[]): Tensor<T> {
  const big = type === 'int64'
  const data = big
    ? BigInt64Array.from(values, BigInt)
    : type === 'bool'
      ? Uint8Array.from(values)
      : Float32Array.from(values)
  return tensor(type, dims, data as ArrayOf<T>)
}

const ints = (...values: number[]): Tensor => constant('int64', [values.length], ...values)
const scalar = (value: number, type: 'int64' | 'float32' | 'bool' = 'int64'): Tensor => constant(type, [], value)
const floats = (...values: number[]): Tensor => constant('float32', [values.length], ...values)
const ones = (...dims: number[]): Tensor => constant('float32', dims, ...Array<number>(elementCount(dims)).fill(1))

const call = (
  inputs: RuntimeCase['inputs'],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  outputs = 1,
): RuntimeCase => ({ inputs, attributes, outputs })

const unary = [call([float('N', 3)]), call([float()])]
const binary = [
  call([float('N', 3), float('N', 3)]),
  call([float('N', 1, 4), float(3, 1)]),
  call([float(), float(2, 'N')]),
  call([float(1), float(0)]),
]
const integers = [...binary, call([fed('int64', 'N', 3), ints(1, 2, 3)])]
const logical = [call([fed('bool', 'N', 3), fed('bool', 3)])]
const reductions = [
  call([float('N', 3, 4)]),
  call([float('N', 3, 4)], { keepdims: 0 }),
  call([float('N', 3, 4)], { axes: [1, -1] }),
  call([float('N', 3, 4)], { axes: [0], keepdims: 0 }),
  call([float('N', 3, 4)], { axes: [] }),
]
const choices = [
  call([float('N', 3, 4)]),
  call([float('N', 3, 4)], { axis: -1, keepdims: 0 }),
  call([float('N', 3, 4)], { axis: 1, select_last_index: 1 }),
]
const windows = [
  call([float('N', 3, 'H', 'W')], { kernel_shape: [3, 3] }),
  call([float('N', 3, 'H', 8)], { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }),
  call([float('N', 3, 8)], { kernel_shape: [3], strides: [2] }),
  call([float('N', 3, 8, 8)], { kernel_shape: [3, 3], strides: [3, 3], auto_pad: 'VALID' }),
]
const alongAxis = [call([float('N', 3, 4)]), call([float('N', 3, 4)], { axis: 1 }), call([float('N', 3)], { axis: 0 })]
const channels = [float(3), float(3), float(3), float(3)]

/** At least one call of every operator; where the rule has branches, one for each. */
export const runtimeCases: { readonly [Op in PortableOp]: readonly RuntimeCase[] } = {
  Identity: [...unary, call([fed('bool', 'N')])],
  Neg: unary,
  Abs: unary,
  Sign: unary,
  Floor: unary,
  Ceil: unary,
  Round: unary,
  Reciprocal: unary,
  Sqrt: unary,
  Exp: unary,
  Log: unary,
  Erf: unary,
  Sin: unary,
  Cos: unary,
  Tanh: unary,
  Sigmoid: unary,
  Relu: unary,
  HardSwish: unary,
  Softplus: unary,
  Not: [call([fed('bool', 'N', 3)])],
  HardSigmoid: [...unary, call([float('N')], { alpha: 0.5, beta: 0.1 })],
  LeakyRelu: [...unary, call([float('N')], { alpha: 0.5 })],
  Clip: [
    call([float('N', 3)]),
    call([float('N', 3), scalar(0, 'float32'), scalar(1, 'float32')]),
    call([float('N', 3), null, scalar(1, 'float32')]),
  ],
  Cast: [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13].map(to => call([float('N', 3)], { to })),
  Add: integers,
  Sub: integers,
  Mul: integers,
  Div: integers,
  Pow: [...binary, call([float('N', 3), scalar(2)])],
  And: logical,
  Or: logical,
  Equal: [...integers, ...logical],
  Greater: integers,
  GreaterOrEqual: integers,
  Less: integers,
  LessOrEqual: integers,
  Max: [...integers, call([float('N', 1), float(3), float(4, 1, 1)]), call([float('N', 2)])],
  Min: [...integers, call([float('N', 1), float(3), float(4, 1, 1)])],
  Sum: [...binary, call([float('N', 1), float(3), float(4, 1, 1)])],
  Where: [call([fed('bool', 'N', 1), float(3), float()]), call([fed('bool', 4), fed('int64', 'N', 4), scalar(1)])],

  ReduceSum: [
    call([float('N', 3, 4)]),
    call([float('N', 3, 4), ints(0, -1)], { keepdims: 0 }),
    call([float('N', 3, 4), ints()]),
    call([float('N', 3, 4), ints()], { noop_with_empty_axes: 1 }),
    call([float('N', 3, 4)], { noop_with_empty_axes: 1 }),
    call([float('N', 3, 4), ints(1)]),
  ],
  ReduceMean: reductions,
  ReduceMax: reductions,
  ReduceMin: reductions,
  ReduceL2: reductions,
  ReduceSumSquare: reductions,
  ArgMax: choices,
  ArgMin: choices,

  Reshape: [
    call([float('N', 3, 4), ints(0, -1)]),
    call([float('N', 3, 4), ints(-1, 2)]),
    call([float('N', 3, 4), ints(-1)]),
    call([float(6), ints(1, 2, 3)]),
    call([float(1), ints()]),
    call([float(0, 3), ints(0, 3)]),
    call([float(0, 3), ints(3, 0)], { allowzero: 1 }),
  ],
  Flatten: [
    ...[0, 1, 2, 3, -1, -3].map(axis => call([float('N', 3, 4)], { axis })),
    call([float('N', 3, 4)]),
    call([float()], { axis: 0 }),
  ],
  Transpose: [call([float('N', 3, 4)]), call([float('N', 3, 4)], { perm: [1, 2, 0] }), call([float()])],
  Concat: [
    call([float('N', 3), float('N', 4)], { axis: 1 }),
    call([float('N', 3), float('N', 3), float(4, 3)], { axis: 0 }),
    call([float('N', 3), float('N', 1)], { axis: -1 }),
    call([float('N', 3)], { axis: 1 }),
  ],
  Split: [
    call([float('N', 6)], { axis: 1 }, 3),
    call([float('N', 6), ints(1, 5)], { axis: -1 }, 2),
    call([float(6, 'N')], {}, 2),
    call([float('N', 6)], { axis: 0 }, 2),
  ],
  Slice: [
    call([float('N', 6), ints(1), ints(4), ints(1)]),
    call([float('N', 6), ints(0, -4), ints(2 ** 40, -1)]),
    call([float('N', 6), ints(5), ints(-100), ints(-1), ints(-2)]),
    call([float(5, 6), ints(-1, 0), ints(-6, 6), ints(0, 1), ints(-1, 4)]),
    call([float(5, 6), ints(4), ints(2), ints(0)]),
    call([float(5, 6), ints(100), ints(200), ints(0)]),
    call([float(5, 6), ints(100), ints(-200), ints(0), ints(-3)]),
    call([float('N', 6), ints(0), ints(2 ** 31 - 1), ints(0)]),
    call([float('N', 6), ints(0), ints(1), ints(0)]),
  ],
  Pad: [
    call([float('N', 3), ints(0, 1, 0, 2)]),
    call([float('N', 4), ints(1, -1, 0, -1), scalar(7, 'float32')]),
    call([float(3, 4), ints(1, 1, 2, 2)], { mode: 'reflect' }),
    call([float(3, 4), ints(1, 1, 2, 2)], { mode: 'edge' }),
  ],
  Expand: [
    call([float('N', 1), ints(1, 3)]),
    call([float(3), ints(4, 1)]),
    call([float('N', 3), ints(1)]),
    call([float(), ints(2, 2)]),
  ],
  Tile: [call([float('N', 3), ints(2, 3)]), call([float('N', 3), ints(1, 0)])],
  Squeeze: [
    call([float('N', 1, 3, 1)]),
    call([float('N', 1, 3, 1), ints(1)]),
    call([float('N', 1, 3, 1), ints(-1, 1)]),
  ],
  Unsqueeze: [call([float('N', 3), ints(0)]), call([float('N', 3), ints(-1, 1)]), call([float(), ints(0, 1)])],
  Gather: [
    call([float('N', 3), ints(0, 2, -1)], { axis: 1 }),
    call([float('N', 3), scalar(0)]),
    call([float('N', 3), constant('int64', [1, 2], 0, 1)], { axis: -1 }),
  ],
  ScatterElements: [
    call([float('N', 3), constant('int64', [1, 2], 0, 1), ones(1, 2)]),
    call([float('N', 3), constant('int64', [1, 2], 0, 1), ones(1, 2)], { axis: 1, reduction: 'add' }),
  ],
  ScatterND: [
    call([float('N', 3), constant('int64', [2, 1], 0, 1), ones(2, 3)]),
    call([float('N', 3), constant('int64', [2, 2], 0, 1, 1, 1), ones(2)], { reduction: 'add' }),
  ],
  OneHot: [
    call([fed('int64', 'N', 3), scalar(5), floats(0, 1)]),
    call([fed('int64', 'N', 3), ints(5), floats(0, 1)], { axis: 0 }),
    call([fed('int64', 'N'), scalar(4), ints(0, 1)], { axis: 1 }),
  ],
  Shape: [
    call([float('N', 3, 4)]),
    call([float('N', 3, 4)], { start: 1 }),
    call([float('N', 3, 4)], { start: -2, end: -1 }),
    call([float('N', 3, 4)], { start: -100, end: 100 }),
    call([float('N', 3, 4)], { start: 2, end: 1 }),
    call([float()]),
  ],
  Size: [call([float('N', 3)])],
  Range: [
    call([scalar(0), scalar(5), scalar(1)]),
    call([scalar(5), scalar(0), scalar(-2)]),
    call([scalar(5), scalar(0), scalar(1)]),
    call([scalar(0, 'float32'), scalar(1, 'float32'), scalar(0.3, 'float32')]),
  ],
  Constant: [
    call([], { value: ones(2, 3) }),
    call([], { value_float: 2 }),
    call([], { value_int: 2 }),
    call([], { value_ints: [2, 3] }),
    call([], { value_floats: [2, 3, 4] }),
  ],
  ConstantOfShape: [call([ints(2, 3)]), call([ints()]), call([ints(2, 0)], { value: constant('int64', [1], 7) })],

  Conv: [
    call([float('N', 4, 'H', 'W'), float(6, 4, 3, 3)]),
    call([float('N', 4, 'H', 'W'), float(6, 4, 3, 3), float(6)], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    call([float('N', 4, 'H', 8), float(4, 1, 5, 3)], { group: 4, pads: [2, 0, 1, 1], kernel_shape: [5, 3] }),
    call([float('N', 4, 'H', 8), float(6, 2, 3, 3)], { group: 2, dilations: [2, 1], strides: [1, 3] }),
    call([float('N', 4, 'H'), float(6, 4, 1)], { auto_pad: 'VALID' }),
    call([float('N', 2, 4, 5, 6), float(3, 2, 2, 2, 2)]),
  ],
  ConvTranspose: [
    call([float('N', 4, 'H', 'W'), float(4, 3, 3, 3)]),
    call([float('N', 4, 'H', 'W'), float(4, 3, 3, 3), float(3)], {
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      output_padding: [1, 0],
    }),
    call([float('N', 4, 5, 6), float(4, 1, 2, 3)], { group: 4, dilations: [1, 2], strides: [3, 1] }),
    call([float('N', 4, 5), float(4, 2, 2)]),
  ],
  MatMul: [
    call([float('N', 3), float(3, 4)]),
    call([float('N', 1, 2, 3), float(5, 3, 4)]),
    call([float(3), float('N', 3, 4)]),
    call([float('N', 2, 3), float(3)]),
    call([float(3), float(3)]),
  ],
  Gemm: [
    call([float('N', 3), float(3, 4)]),
    call([float('N', 3), float(4, 3), float(4)], { transB: 1, alpha: 0.5 }),
    call([float(3, 'N'), float(3, 4), float()], { transA: 1 }),
    call([float('N', 3), float(3, 4), float('N', 1)], { beta: 2 }),
  ],
  BatchNormalization: [
    call([float('N', 3, 4, 4), ...channels]),
    call([float('N', 3), ...channels], { epsilon: 0.001 }),
    call([float('N', 3, 4, 4), ...channels], { training_mode: 1, momentum: 0.5 }, 3),
  ],
  LayerNormalization: [
    call([float('N', 3, 4), ones(4)]),
    call([float('N', 3, 4), ones(3, 4), ones(3, 4)], { axis: 1 }, 3),
  ],
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  GlobalAveragePool: [call([float('N', 3, 'H', 'W')]), call([float('N', 3, 5)])],
  AveragePool: [...windows, call([float('N', 3, 8)], { kernel_shape: [2], pads: [1, 1], count_include_pad: 1 })],
  MaxPool: [
    ...windows,
    call([float('N', 3, 9, 9)], { kernel_shape: [3, 3], dilations: [2, 2] }, 2),
    call([float('N', 3, 'H', 8)], { kernel_shape: [2, 2], strides: [2, 2], storage_order: 1 }, 2),
  ],
  Resize: [
    call([float('N', 3, 'H', 8), null, floats(1, 1, 2, 0.5)]),
    call([float('N', 3, 8, 8), null, null, ints(2, 3, 5, 20)], { mode: 'linear' }),
    call([float(1, 1, 10, 3), null, floats(1, 1, 0.7, 7 / 3)]),
    call([float('N', 2, 6, 6), floats(), floats(1, 1, 1.5, 1.5)], {
      mode: 'cubic',
      coordinate_transformation_mode: 'align_corners',
    }),
  ],
  Dropout: [call([float('N', 3)]), call([float('N', 3), scalar(0.25, 'float32'), scalar(1, 'bool')], { seed: 3 }, 2)],
  SoftmaxCrossEntropyLoss: [
    call([float('N', 3), fed('int64', 'N')]),
    call([float('N', 3), fed('int64', 'N'), floats(1, 2, 3)], { reduction: 'sum' }),
    call([float('N', 3, 4), fed('int64', 'N', 4)], { reduction: 'none', ignore_index: 1 }, 2),
  ],

  FusedMatMul: [
    call([float('N', 3), float(3, 4)], { alpha: 2 }),
    call([float(3, 'N'), float(4, 3)], { transA: 1, transB: 1 }),
    call([float('N', 5, 2, 3), float(5, 3, 4)]),
  ],
}
