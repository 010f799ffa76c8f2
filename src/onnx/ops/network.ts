import { addDims, broadcastShapes, isStatic, multiplyDims, sameShape, scaleDim } from '../dims.js'
import type { Dim, Shape } from '../graph.js'
import {
  type AttributesOf,
  defineOp,
  float,
  type InferenceContext,
  int,
  optionalInt,
  optionalInts,
  resolveAxis,
  string,
  typed,
} from '../op-definition.js'
import { checkWindow, checkWindowOutput, resolveWindow, windowOutput } from '../window.js'
import { commonType } from './elementwise.js'
import { checkIndices } from './indexing.js'

const windowAttributes = {
  auto_pad: string('NOTSET'),
  kernel_shape: optionalInts,
  strides: optionalInts,
  pads: optionalInts,
}
const convAttributes = { ...windowAttributes, dilations: optionalInts, group: int(1) }

/** The spatial sizes of a convolution's weight, which must be known. */
export function kernelOf(context: InferenceContext<unknown>, weight: Shape, index = 1): readonly number[] {
  const kernel = weight.slice(2)
  return isStatic(kernel) ? kernel : context.fail('a kernel of known size', index)
}

/** `[M, K] x [K, N]` with the leading axes broadcast, as numpy.matmul. */
export function matMulShape(context: InferenceContext<unknown>, a: Shape, b: Shape): Shape {
  if (a.length === 0 || b.length === 0) return context.fail('at least one axis on both sides')
  const left = a.length === 1 ? [1, ...a] : a
  const right = b.length === 1 ? [...b, 1] : b
  if (left.at(-1) !== right.at(-2))
    return context.fail(`inner sizes that agree, not ${left.at(-1)} and ${right.at(-2)}`)
  const batch =
    broadcastShapes([left.slice(0, -2), right.slice(0, -2)]) ?? context.fail('batch axes that broadcast together')
  return [...batch, ...(a.length === 1 ? [] : [left.at(-2)!]), ...(b.length === 1 ? [] : [right.at(-1)!])]
}

/** Per-channel inputs (scale, bias, mean, variance) must have the channel count of X. */
export function checkChannels(context: InferenceContext<unknown>, channels: Dim, indices: readonly number[]): void {
  for (const index of indices) {
    const shape = context.input(index).shape
    if (shape.length !== 1 || shape[0] !== channels) context.fail(`shape [${channels}]`, index)
  }
}

/** A convolution's X must have the channels of W, which has those of one group. */
export function checkGroups(context: InferenceContext<unknown>, x: Shape, w: Shape, group: number): void {
  if (group < 1) context.fail(`groups of at least 1, not ${group}`)
  if (typeof x[1] !== 'number' || typeof w[1] !== 'number' || x[1] !== w[1] * group)
    context.fail(`X with ${w[1]} x ${group} channels`)
}

const poolAttributes = { ...windowAttributes, dilations: optionalInts, ceil_mode: int(0) }

function poolShape(context: InferenceContext<AttributesOf<typeof poolAttributes>>): Shape {
  const { shape } = context.input(0)
  if (shape.length < 3) context.fail('at least 3 axes', 0)
  const window = resolveWindow(context.attributes, context.attributes.kernel_shape ?? [])
  checkWindow(context, window, shape.length - 2)
  if (context.attributes.ceil_mode) context.fail('ceil_mode 0')
  const spatial = windowOutput(window, shape.slice(2))
  checkWindowOutput(context, spatial)
  return [...shape.slice(0, 2), ...spatial]
}

const alongAxis = defineOp({
  domain: '',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { axis: int(-1) },
  infer: context => {
    const { type, shape } = context.input(0)
    resolveAxis(context, context.attributes.axis, shape.length)
    return [typed(type, shape)]
  },
})

/** Operators that networks are made of. */
export const networkOps = {
  Conv: defineOp({
    domain: '',
    inputs: ['X', 'W', 'B?'],
    outputs: ['Y'],
    attributes: convAttributes,
    infer: context => {
      const x = context.input(0).shape
      const w = context.input(1).shape
      const { group } = context.attributes
      if (x.length !== w.length || x.length < 3) context.fail('X and W of the same rank, at least 3')
      checkGroups(context, x, w, group)
      if (typeof w[0] !== 'number' || w[0] % group !== 0) context.fail(`output channels that ${group} groups divide`, 1)
      if (context.inputs[2]) checkChannels(context, w[0]!, [2])
      const window = resolveWindow(context.attributes, kernelOf(context, w))
      checkWindow(context, window, x.length - 2)
      const spatial = windowOutput(window, x.slice(2))
      checkWindowOutput(context, spatial)
      return [typed(commonType(context), [x[0]!, w[0]!, ...spatial])]
    },
  }),
  ConvTranspose: defineOp({
    domain: '',
    inputs: ['X', 'W', 'B?'],
    outputs: ['Y'],
    attributes: { ...convAttributes, output_padding: optionalInts, output_shape: optionalInts },
    infer: context => {
      const x = context.input(0).shape
      const w = context.input(1).shape
      const { group, output_padding } = context.attributes
      if (context.attributes.output_shape) context.fail('pads and output_padding, not output_shape')
      if (group < 1) context.fail(`groups of at least 1, not ${group}`)
      if (x[1] !== w[0] || typeof w[1] !== 'number') context.fail(`${w[0]} channels`, 0)
      const channels = (w[1] as number) * group
      if (context.inputs[2]) checkChannels(context, channels, [2])
      const window = resolveWindow(context.attributes, kernelOf(context, w))
      checkWindow(context, window, x.length - 2)
      const { kernel, strides, dilations, pads } = window
      const spatial = x.slice(2).map((dim, i) => {
        const extra =
          (kernel[i]! - 1) * dilations[i]! +
          1 -
          strides[i]! -
          pads[i]! -
          pads[i + kernel.length]! +
          (output_padding?.[i] ?? 0)
        return addDims([multiplyDims([dim, strides[i]!]), extra])
      })
      if (spatial.some(dim => typeof dim === 'number' && dim < 1))
        context.fail('pads that leave an output of at least 1')
      return [typed(commonType(context), [x[0]!, channels, ...spatial])]
    },
  }),
  MatMul: defineOp({
    domain: '',
    inputs: ['A', 'B'],
    outputs: ['Y'],
    attributes: {},
    infer: context => [
      typed(commonType(context), matMulShape(context, context.input(0).shape, context.input(1).shape)),
    ],
  }),
  Gemm: defineOp({
    domain: '',
    inputs: ['A', 'B', 'C?'],
    outputs: ['Y'],
    attributes: { alpha: float(1), beta: float(1), transA: int(0), transB: int(0) },
    infer: context => {
      const [a, b] = [context.input(0).shape, context.input(1).shape]
      if (a.length !== 2 || b.length !== 2) context.fail('two matrices')
      const { transA, transB } = context.attributes
      const shape = matMulShape(context, transA ? [a[1]!, a[0]!] : a, transB ? [b[1]!, b[0]!] : b)
      const bias = context.inputs[2]
      if (bias && broadcastShapes([bias.shape, shape])?.join() !== shape.join())
        context.fail(`a shape that broadcasts to [${shape}]`, 2)
      return [typed(commonType(context), shape)]
    },
  }),
  BatchNormalization: defineOp({
    domain: '',
    inputs: ['X', 'scale', 'B', 'input_mean', 'input_var'],
    outputs: ['Y', 'running_mean?', 'running_var?'],
    attributes: { epsilon: float(1e-5), momentum: float(0.9), training_mode: int(0) },
    infer: context => {
      const { type, shape } = context.input(0)
      if (shape.length < 2) context.fail('at least 2 axes', 0)
      checkChannels(context, shape[1]!, [1, 2, 3, 4])
      return [typed(type, shape), typed(type, [shape[1]!]), typed(type, [shape[1]!])]
    },
  }),
  LayerNormalization: defineOp({
    domain: '',
    inputs: ['X', 'Scale', 'B?'],
    outputs: ['Y', 'Mean?', 'InvStdDev?'],
    attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) },
    infer: context => {
      const { type, shape } = context.input(0)
      const axis = resolveAxis(context, context.attributes.axis, shape.length)
      const normalized = shape.slice(axis)
      for (const index of [1, 2]) {
        const given = context.inputs[index]?.shape
        if (given && broadcastShapes([given, normalized])?.join() !== normalized.join())
          context.fail(`a shape that broadcasts to [${normalized}]`, index)
      }
      const reduced = shape.map((dim, i) => (i < axis ? dim : 1))
      return [typed(type, shape), typed('float32', reduced), typed('float32', reduced)]
    },
  }),
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  GlobalAveragePool: defineOp({
    domain: '',
    inputs: ['X'],
    outputs: ['Y'],
    attributes: {},
    infer: context => {
      const { type, shape } = context.input(0)
      if (shape.length < 3) context.fail('at least 3 axes', 0)
      const pooled = shape.map((dim, axis) => (axis < 2 ? dim : 1))
      return [typed(type, pooled)]
    },
  }),
  AveragePool: defineOp({
    domain: '',
    inputs: ['X'],
    outputs: ['Y'],
    attributes: { ...poolAttributes, count_include_pad: int(0) },
    infer: context => [typed(context.input(0).type, poolShape(context))],
  }),
  MaxPool: defineOp({
    domain: '',
    inputs: ['X'],
    outputs: ['Y', 'Indices?'],
    attributes: { ...poolAttributes, storage_order: int(0) },
    infer: context => {
      const shape = poolShape(context)
      return [typed(context.input(0).type, shape), typed('int64', shape)]
    },
  }),
  /** Sizes come from `scales` or `sizes`, which must be known when the graph is built. */
  Resize: defineOp({
    domain: '',
    inputs: ['X', 'roi?', 'scales?', 'sizes?'],
    outputs: ['Y'],
    attributes: {
      mode: string('nearest'),
      coordinate_transformation_mode: string('half_pixel'),
      nearest_mode: string('round_prefer_floor'),
      cubic_coeff_a: float(-0.75),
      exclude_outside: int(0),
      extrapolation_value: float(0),
    },
    infer: context => {
      const { type, shape } = context.input(0)
      const sizes = context.inputs[3] ? context.known(3) : null
      const scales = context.inputs[2] && !sizes ? context.known(2) : null
      if (sizes?.length === shape.length) return [typed(type, sizes)]
      if (scales?.length !== shape.length)
        return context.fail('scales or sizes, one an axis, known when the graph is built')
      if (scales.some(scale => !(Number(scale) > 0))) context.fail('scales above 0', 2)
      const resized = shape.map((dim, axis) => scaleDim(dim, Number(scales[axis])))
      return [typed(type, resized)]
    },
  }),
  Dropout: defineOp({
    domain: '',
    inputs: ['data', 'ratio?', 'training_mode?'],
    outputs: ['output', 'mask?'],
    attributes: { seed: optionalInt },
    infer: context => {
      const { type, shape } = context.input(0)
      return [typed(type, shape), typed('bool', shape)]
    },
  }),
  SoftmaxCrossEntropyLoss: defineOp({
    domain: '',
    inputs: ['scores', 'labels', 'weights?'],
    outputs: ['output', 'log_prob?'],
    attributes: { reduction: string('mean'), ignore_index: optionalInt },
    infer: context => {
      const { type, shape } = context.input(0)
      const labels = context.input(1).shape
      checkIndices(context, 1)
      const places = [...shape.slice(0, 1), ...shape.slice(2)]
      if (!sameShape(labels, places)) context.fail(`shape [${places}]`, 1)
      const loss = context.attributes.reduction === 'none' ? labels : []
      return [typed(type, loss), typed(type, shape)]
    },
  }),
}
