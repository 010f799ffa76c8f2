import { expect, test } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Shape, Value } from '../../src/onnx/graph.js'
import type { OpType } from '../../src/onnx/op-table.js'
import { type DataType, type Tensor, tensor } from '../../src/tensor.js'

type Argument = { type: DataType; shape: Shape } | Tensor | null

const fed = (type: DataType, ...shape: Shape): Argument => ({ type, shape })
const x = (...shape: Shape): Argument => fed('float32', ...shape)
const bools = (...shape: Shape): Argument => fed('bool', ...shape)
const ints = (...values: number[]): Tensor => tensor('int64', [values.length], BigInt64Array.from(values, BigInt))
const floats = (...values: number[]): Tensor => tensor('float32', [values.length], Float32Array.from(values))
const matrix = tensor('int64', [2, 1], BigInt64Array.of(0n, 1n))

/** Calls that no runtime can run, each with a part of the sentence that says so. */
const refusals: [OpType, Argument[], Record<string, unknown>, string][] = [
  ['Add', [x(2), x(3)], {}, 'shapes that broadcast together'],
  ['Add', [x('P'), x('Q')], {}, 'shapes that broadcast together'],
  ['Add', [x(2), fed('int64', 2)], {}, 'element type float32 for every input'],
  ['Add', [x(2)], {}, 'a value for input B'],
  ['Add', [x(2), null], {}, 'a value for input B'],
  ['Add', [x(2), x(2), x(2)], {}, 'at most 2 inputs'],
  ['Sum', [], {}, 'a value for input data[0]'],
  ['Sum', [x(2), null], {}, 'a value for input data[1]'],
  ['Not', [x(2)], {}, 'element type bool'],
  ['And', [x(2), x(2)], {}, 'element type bool'],
  ['Relu', [bools(2)], {}, 'numbers'],
  ['Sqrt', [fed('int64', 2)], {}, 'floats'],
  ['Exp', [bools(2)], {}, 'floats'],
  ['Mul', [bools(2), bools(2)], {}, 'numbers'],
  ['Less', [bools(2), bools(2)], {}, 'numbers'],
  ['Clip', [x(2), x(2)], {}, 'a scalar'],
  ['Clip', [x(2), null, fed('int64')], {}, 'element type float32'],
  ['Cast', [x(2)], { to: 99 }, 'a known element type'],
  ['Cast', [x(2)], {}, 'the attribute "to"'],
  ['Where', [x(2), x(2), x(2)], {}, 'element type bool'],
  ['Where', [bools(2), x(2), fed('int64', 2)], {}, 'element type float32'],

  ['ReduceMean', [x(2, 3)], { axes: [2] }, 'an axis within -2..1, not 2'],
  ['ReduceMean', [x(2, 3)], { axes: [0.5] }, 'whole numbers'],
  ['ReduceSum', [x(2, 3), fed('int64', 1)], {}, 'known when the graph is built'],
  ['ArgMax', [x()], {}, 'an axis within'],

  ['Reshape', [x(2, 3), ints(4)], {}, '6 elements, not [4]'],
  ['Reshape', [x('P', 3), ints(4)], {}, '3*P elements, not [4]'],
  ['Reshape', [x(2, 3), ints(-1, -1)], {}, 'not [-1,-1]'],
  ['Reshape', [x(2, 3), ints(4, -1)], {}, 'not [4,-1]'],
  ['Reshape', [x(2, 3), ints(-2, -3)], {}, 'not [-2,-3]'],
  ['Reshape', [x(6), ints(2, 0)], {}, 'an axis 1 to copy'],
  ['Reshape', [x(2, 0), ints(0, -1)], { allowzero: 1 }, 'not [0,-1]'],
  ['Reshape', [x(2, 3), fed('int64', 2)], {}, 'known when the graph is built'],
  ['Reshape', [x(2, 3), matrix], {}, 'known when the graph is built'],
  ['Flatten', [x(2, 3)], { axis: 3 }, 'an axis within'],
  ['Flatten', [x(2, 3)], { axis: -3 }, 'an axis within'],
  ['Transpose', [x(2, 3)], { perm: [0] }, 'a permutation of 2 axes'],
  ['Transpose', [x(2, 3)], { perm: [0, 0] }, 'a permutation of 2 axes'],
  ['Concat', [x(2, 3), x(3, 3)], { axis: 1 }, 'shape [2,3] but for axis 1'],
  ['Concat', [x(2, 3), fed('int64', 2, 3)], { axis: 1 }, 'element type float32'],
  ['Concat', [x(2, 3), null], { axis: 1 }, 'a value'],
  ['Concat', [x(), x()], { axis: 0 }, 'an axis within'],
  ['Concat', [x(2)], {}, 'the attribute "axis"'],
  ['Split', [x(4), ints(3)], {}, '1 sizes that sum to 4'],
  ['Split', [x(4), ints(2, 2)], {}, '1 sizes that sum to 4'],
  ['Slice', [x(4), ints(0, 0), ints(1)], {}, 'as many ends as starts'],
  ['Slice', [x(4), ints(0), ints(1), ints(0, 0)], {}, 'as many axes as starts'],
  ['Slice', [x(4), ints(0), ints(1), ints(0), ints(0)], {}, 'steps that are not 0'],
  ['Slice', [x(4, 4), ints(0, 1), ints(2, 2), ints(0, 0)], {}, 'each axis once'],
  ['Slice', [x('P'), ints(1), ints(3)], {}, 'an axis of known size to slice, not P'],
  ['Pad', [x(4), ints(1)], {}, '2 pads'],
  ['Pad', [x(4), ints(-3, -3)], {}, 'sizes of at least 0'],
  ['Pad', [x(4), ints(1, 1)], { mode: 'wrap' }, 'constant, reflect or edge'],
  ['Expand', [x(2), ints(3)], {}, 'shapes that broadcast together'],
  ['Expand', [x(1), ints(-1)], {}, 'sizes of at least 0'],
  ['Tile', [x(2), ints(1, 2)], {}, '1 repeats'],
  ['Tile', [x(2), ints(-1)], {}, 'sizes of at least 0'],
  ['Squeeze', [x(2, 1), ints(0)], {}, 'size 1 on axes [0]'],
  ['Unsqueeze', [x(2), ints(0, 0)], {}, 'each axis once'],
  ['Unsqueeze', [x(2), ints(3)], {}, 'an axis within'],
  ['Gather', [x(), ints(0)], {}, 'an axis within'],
  ['Gather', [x(2), x(2)], {}, 'whole numbers as indices'],
  ['ScatterElements', [x(2, 3), ints(0), x(1)], {}, 'indices of 2 axes'],
  ['ScatterElements', [x(2), ints(0), x(2)], {}, 'shape [1], that of the indices'],
  ['ScatterND', [x(2, 3), ints(0), x(2)], {}, 'shape [3]'],
  ['ScatterND', [x(3), tensor('int64', [1, 2], BigInt64Array.of(0n, 1n)), x(1)], {}, 'indices of at most 1 axes'],
  ['OneHot', [fed('int64', 2), fed('int64'), floats(0, 1)], {}, 'known when the graph is built'],
  ['OneHot', [fed('int64', 2), ints(3), floats(1)], {}, 'two values'],
  ['Range', [ints(0), ints(5), ints(0)], {}, 'a delta that is not 0'],
  ['Constant', [], {}, 'one of the attributes'],
  ['ConstantOfShape', [ints(2)], { value: floats(1, 2) }, 'one element in "value"'],
  ['ConstantOfShape', [ints(-2)], {}, 'sizes of at least 0'],

  ['Conv', [x(1, 3, 8, 8), x(4, 2, 3, 3)], {}, '2 x 1 channels'],
  ['Conv', [x(1, 4, 8, 8), x(3, 2, 3, 3)], { group: 2 }, 'output channels that 2 groups divide'],
  ['Conv', [x(1, 4, 8, 8), x(4, 4, 3, 3)], { group: 0 }, 'groups'],
  ['Conv', [x(1, 3, 8), x(4, 3, 3, 3)], {}, 'of the same rank'],
  ['Conv', [x(1, 3), x(4, 3)], {}, 'at least 3'],
  ['Conv', [x(1, 3, 2, 2), x(4, 3, 3, 3)], {}, 'a picture at least as large as the kernel'],
  ['Conv', [x(1, 3, 8, 8), x(4, 3, 3, 3), x(3)], {}, 'shape [4]'],
  ['Conv', [x(1, 3, 8, 8), x(4, 3, 3, 3)], { strides: [0, 1] }, 'at least 1'],
  ['Conv', [x(1, 3, 8, 8), x(4, 3, 3, 3)], { dilations: [0, 1] }, 'at least 1'],
  ['Conv', [x(1, 3, 8, 8), x(4, 3, 3, 3)], { pads: [-1, 0, 0, 0] }, 'at least 0'],
  ['Conv', [x(1, 3, 8, 8), x(4, 3, 3, 3)], { strides: [1] }, 'for 2 spatial axes'],
  ['Conv', [x(1, 3, 8, 8), x(4, 3, 3, 3)], { kernel_shape: [5, 5] }, 'kernel_shape [3,3], that of W'],
  ['Conv', [x(1, 3, 8, 8), x(4, 3, 3, 3)], { auto_pad: 'SAME_UPPER' }, 'not auto_pad "SAME_UPPER"'],
  ['Conv', [x(1, 3, 8, 8), x(4, 3, 'k', 3)], {}, 'a kernel of known size'],
  ['ConvTranspose', [x(1, 3, 8, 8), x(4, 2, 3, 3)], {}, '4 channels'],
  ['ConvTranspose', [x(1, 3, 8, 8), x(3, 2, 3, 3)], { group: 0 }, 'groups'],
  ['ConvTranspose', [x(1, 3, 8, 8), x(3, 2, 3, 3), x(3)], {}, 'shape [2]'],
  ['ConvTranspose', [x(1, 3, 8, 8), x(3, 2, 3, 3)], { output_shape: [9, 9] }, 'not output_shape'],
  ['ConvTranspose', [x(1, 3, 1, 1), x(3, 2, 3, 3)], { pads: [2, 2, 2, 2] }, 'at least 1'],
  ['MatMul', [x(2, 3), x(2, 3)], {}, 'inner sizes that agree, not 3 and 2'],
  ['MatMul', [x(), x(2, 3)], {}, 'at least one axis'],
  ['MatMul', [x(2, 2, 3), x(3, 3, 2)], {}, 'batch axes that broadcast together'],
  ['Gemm', [x(2, 3, 4), x(4, 3)], {}, 'two matrices'],
  ['Gemm', [x(2, 3), x(3, 4), x(5)], {}, 'a shape that broadcasts to [2,4]'],
  ['Gemm', [x(2, 3), x(3, 4), x(1, 2, 4)], {}, 'a shape that broadcasts to [2,4]'],
  ['BatchNormalization', [x(4), x(4), x(4), x(4), x(4)], {}, 'at least 2 axes'],
  ['BatchNormalization', [x(1, 4), x(4), x(4), x(4), x(3)], {}, 'shape [4]'],
  ['LayerNormalization', [x(2, 3), x(2)], {}, 'a shape that broadcasts to [3]'],
  ['Softmax', [x(2)], { axis: 1 }, 'an axis within'],
  ['GlobalAveragePool', [x(2, 3)], {}, 'at least 3 axes'],
  ['MaxPool', [x(1, 3, 8, 8)], {}, 'kernel'],
  ['MaxPool', [x(1, 3, 2, 2)], { kernel_shape: [3, 3] }, 'a picture at least as large as the kernel'],
  ['MaxPool', [x(1, 3, 8, 8)], { kernel_shape: [2, 2], ceil_mode: 1 }, 'ceil_mode 0'],
  ['AveragePool', [x(1, 3, 8, 8)], { kernel_shape: [0, 2] }, 'at least 1'],
  ['Resize', [x(1, 1, 4, 4)], {}, 'scales or sizes'],
  ['Resize', [x(1, 1, 4, 4), null, floats(2, 2)], {}, 'scales or sizes'],
  ['Resize', [x(1, 1, 4, 4), null, floats(1, 1, -2, 2)], {}, 'scales above 0'],
  ['SoftmaxCrossEntropyLoss', [x(2, 3), fed('int64', 3)], {}, 'shape [2]'],
  ['SoftmaxCrossEntropyLoss', [x(2, 3), x(2)], {}, 'whole numbers'],
  ['FusedMatMul', [x(2, 3), x(3, 4)], { transBatchA: 1 }, 'transBatchA'],
  ['FusedMatMul', [x(3), x(3, 4)], { transA: 1 }, 'matrices'],

  ['ConvGrad', [x(1, 4, 8, 8), x(1, 3, 8, 8), x(4, 2, 1, 1)], {}, '2 x 1 channels'],
  ['ReluGrad', [x(2), x(3)], {}, 'shape [3], that of Y'],
  ['InPlaceAccumulatorV2', [x(2), x(3)], {}, 'shape [2], that of the buffer'],
  ['SliceGrad', [x(1), fed('int64', 1), ints(0), ints(1)], {}, 'a shape that is known'],
]

test.each(refusals)('%s %o %o is refused: %s', (op, inputs, attributes, reason) => {
  const b = new GraphBuilder('refusals')
  const values = inputs.map((input, i): Value | null => {
    if (input === null) return null
    return 'data' in input ? b.constant(input) : b.input(`input_${i}`, input.type, input.shape)
  })
  const emit = () => b.emit(op, values, attributes as never)
  expect(emit).toThrow(expect.objectContaining({ code: 'E_SHAPE', message: expect.stringContaining(reason) }))
  expect(emit).toThrow(`${op} node "${op}`)
})
