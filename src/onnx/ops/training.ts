import { isStatic, sameShape } from '../dims.js'
import type { Shape } from '../graph.js'
import { localDomain } from '../graph.js'
import {
  type AttributesOf,
  defineOp,
  float,
  type InferenceContext,
  int,
  optionalInt,
  optionalInts,
  string,
  typed,
} from '../op-definition.js'
import { checkWindow, resolveWindow, type WindowAttributes, windowOutput } from '../window.js'
import { checkChannels, checkGroups, kernelOf, matMulShape } from './network.js'

const microsoft = 'com.microsoft'

/** The gradient has the type and shape of the forward value that input `index` is. */
const likeInput = (index: number) => (context: InferenceContext<unknown>) => [
  typed(context.input(index).type, context.input(index).shape),
]

/** An elementwise gradient: dY and the forward output (or input), of one shape. */
const pointwiseGradient = {
  domain: microsoft,
  inputs: ['dY', 'Y'],
  outputs: ['dX'],
  infer: (context: InferenceContext<unknown>) => {
    const [dy, y] = [context.input(0), context.input(1)]
    if (!sameShape(dy.shape, y.shape)) context.fail(`shape [${y.shape}], that of Y`, 0)
    return [typed(dy.type, y.shape)]
  },
} as const

/** A shape that an integer input holds. */
function shapeInput(context: InferenceContext<unknown>, index: number): Shape {
  return context.known(index) ?? context.fail('a shape that is known when the graph is built', index)
}

/** Refuses a dY that is not of the size that the forward window gives for a picture of `spatial`; symbolic sizes pass. */
function checkWindowGradient(
  context: InferenceContext<WindowAttributes>,
  kernel: readonly number[],
  spatial: Shape,
): void {
  const window = resolveWindow(context.attributes, kernel)
  checkWindow(context, window, spatial.length)
  const sizes = windowOutput(window, spatial)
  const given = context.input(0).shape.slice(2)
  if (isStatic([...sizes, ...given]) && !sameShape(sizes, given)) context.fail(`spatial size [${sizes}]`, 0)
}

/** Pool gradients do not see X, whose size dY's does not tell: the graph must declare the spatial size of the output. */
function poolGradientShape(context: InferenceContext<AttributesOf<typeof poolGradientAttributes>>): Shape {
  const declared = context.declared(0) ?? context.fail('an output whose shape the graph declares')
  if (context.attributes.ceil_mode) context.fail('ceil_mode 0')
  checkWindowGradient(context, context.attributes.kernel_shape ?? [], declared.shape.slice(2))
  return [...context.input(0).shape.slice(0, 2), ...declared.shape.slice(2)]
}

const poolGradientAttributes = {
  auto_pad: string('NOTSET'),
  kernel_shape: optionalInts,
  strides: optionalInts,
  pads: optionalInts,
  dilations: optionalInts,
  ceil_mode: int(0),
}

/**
 * ONNX Runtime's training vocabulary (orttraining's `training_op_defs.cc`), and this package's model-local functions for gradients that
 * ONNX Runtime has no operator for. Stock ONNX Runtime runs none of the former: a lowering replaces them.
 */
export const trainingOps = {
  ConvGrad: defineOp({
    domain: microsoft,
    inputs: ['dY', 'X', 'W'],
    outputs: ['dX?', 'dW?', 'dB?'],
    attributes: {
      auto_pad: string('NOTSET'),
      kernel_shape: optionalInts,
      strides: optionalInts,
      pads: optionalInts,
      dilations: optionalInts,
      group: int(1),
    },
    infer: context => {
      const [x, w] = [context.input(1), context.input(2)]
      checkGroups(context, x.shape, w.shape, context.attributes.group)
      checkWindowGradient(context, kernelOf(context, w.shape, 2), x.shape.slice(2))
      return [typed(x.type, x.shape), typed(x.type, w.shape), typed(x.type, [w.shape[0]!])]
    },
  }),
  /** Batch-norm in training form; outputs 1 and 2 are written into inputs 3 and 4 where nothing reads them. */
  BatchNormInternal: defineOp({
    domain: microsoft,
    inputs: ['X', 'scale', 'B', 'input_mean', 'input_var'],
    outputs: ['Y', 'running_mean?', 'running_var?', 'saved_mean?', 'saved_inv_std?'],
    attributes: { epsilon: float(1e-5), momentum: float(0.9), training_mode: int(1) },
    infer: context => {
      const { type, shape } = context.input(0)
      checkChannels(context, shape[1]!, [1, 2, 3, 4])
      const channels = typed(type, [shape[1]!])
      return [typed(type, shape), channels, channels, channels, channels]
    },
  }),
  BatchNormalizationGrad: defineOp({
    domain: microsoft,
    inputs: ['dY', 'X', 'scale', 'saved_mean', 'saved_inv_std'],
    outputs: ['dX', 'dScale', 'dBias'],
    attributes: { epsilon: float(1e-5) },
    infer: context => {
      const { type, shape } = context.input(1)
      checkChannels(context, shape[1]!, [2, 3, 4])
      return [typed(type, shape), typed(type, [shape[1]!]), typed(type, [shape[1]!])]
    },
  }),
  LayerNormalizationGrad: defineOp({
    domain: microsoft,
    inputs: ['dY', 'X', 'scale', 'mean', 'inv_std_dev'],
    outputs: ['dX', 'dScale', 'dBias'],
    attributes: { axis: int(-1) },
    infer: context => [...likeInput(1)(context), ...likeInput(2)(context), ...likeInput(2)(context)],
  }),
  ReluGrad: defineOp({ ...pointwiseGradient, attributes: {} }),
  SigmoidGrad: defineOp({ ...pointwiseGradient, attributes: {} }),
  TanhGrad: defineOp({ ...pointwiseGradient, attributes: {} }),
  LeakyReluGrad: defineOp({ ...pointwiseGradient, attributes: { alpha: float(0.01) } }),
  SoftmaxGrad_13: defineOp({ ...pointwiseGradient, attributes: { axis: int(-1) } }),
  LogSoftmaxGrad_13: defineOp({ ...pointwiseGradient, attributes: { axis: int(-1) } }),
  SoftmaxCrossEntropyLossGrad: defineOp({
    domain: microsoft,
    inputs: ['dY', 'log_prob', 'label', 'weight?'],
    outputs: ['d_logits'],
    attributes: { reduction: string('mean'), ignore_index: optionalInt },
    infer: likeInput(1),
  }),
  DropoutGrad: defineOp({
    domain: microsoft,
    inputs: ['dY', 'mask', 'ratio?', 'training_mode?'],
    outputs: ['dX'],
    attributes: {},
    infer: likeInput(0),
  }),
  /** The gradient of Gather: dY's rows added up where `indices` took them from. */
  GatherGrad: defineOp({
    domain: microsoft,
    inputs: ['shape', 'indices', 'dY'],
    outputs: ['dX'],
    attributes: { axis: int(0) },
    infer: context => [typed(context.input(2).type, shapeInput(context, 0))],
  }),
  /** The gradient of Slice: dY laid into zeros of `shape`. */
  SliceGrad: defineOp({
    domain: microsoft,
    inputs: ['dY', 'shape', 'starts', 'ends', 'axes?', 'steps?'],
    outputs: ['dX'],
    attributes: {},
    infer: context => [typed(context.input(0).type, shapeInput(context, 1))],
  }),
  /** X times `scale`, or divided by it with `scale_down`. */
  Scale: defineOp({
    domain: microsoft,
    inputs: ['input', 'scale'],
    outputs: ['output'],
    attributes: { scale_down: int(0) },
    infer: likeInput(0),
  }),
  /** In ai.onnx by name, though in no published version of it. */
  MaxPoolGrad: defineOp({
    domain: '',
    inputs: ['dY', 'Indices'],
    outputs: ['dX'],
    declaresOutput: true,
    attributes: { ...poolGradientAttributes, storage_order: int(0) },
    infer: context => [typed(context.input(0).type, poolGradientShape(context))],
  }),
  AveragePoolGrad: defineOp({
    domain: '',
    inputs: ['dY'],
    outputs: ['dX'],
    declaresOutput: true,
    attributes: { ...poolGradientAttributes, count_include_pad: int(0) },
    infer: context => [typed(context.input(0).type, poolGradientShape(context))],
  }),
  /** `overwrite` true: buffer = value; else buffer += value. Output 0 is a flag, [1]; output 1 the buffer afterwards. */
  InPlaceAccumulatorV2: defineOp({
    domain: microsoft,
    inputs: ['accumulation_buffer', 'value', 'overwrite_flag?'],
    outputs: ['updated_flag', 'accumulation_buffer_out?'],
    attributes: {},
    infer: context => {
      const buffer = context.input(0)
      if (!sameShape(context.input(1).shape, buffer.shape))
        context.fail(`shape [${buffer.shape}], that of the buffer`, 1)
      return [typed('bool', [1]), typed(buffer.type, buffer.shape)]
    },
  }),
  /** AdamW over sequences of tensors; `adam_mode` 0 is PyTorch's (decoupled decay first), 1 Hugging Face's. */
  AdamWOptimizer: defineOp({
    domain: microsoft,
    inputs: ['lr', 'step', 'weights', 'gradients', 'momentums_1', 'momentums_2', 'update_signal?'],
    outputs: ['updated_flag', 'updated_weights?', 'updated_momentums_1?', 'updated_momentums_2?'],
    sequences: true,
    attributes: {
      alpha: float(0.9),
      beta: float(0.999),
      epsilon: float(1e-8),
      weight_decay: float(1e-2),
      correct_bias: int(1),
      adam_mode: int(0),
    },
    infer: context => {
      const weights = context.input(2)
      return [typed('bool', [1]), weights, weights, weights]
    },
  }),
  HardSigmoidGrad: defineOp({ ...pointwiseGradient, domain: localDomain, attributes: { alpha: float(0.2) } }),
  HardSwishGrad: defineOp({ ...pointwiseGradient, domain: localDomain, inputs: ['dY', 'X'], attributes: {} }),
  /** Interpolation is linear in X and separable: Y = height X width^T per channel, so dX = height^T dY width. */
  ResizeGrad: defineOp({
    domain: localDomain,
    inputs: ['dY', 'height', 'width'],
    outputs: ['dX'],
    attributes: {},
    infer: context => {
      const [dy, height, width] = [context.input(0), context.input(1), context.input(2)]
      return [typed(dy.type, [...dy.shape.slice(0, -2), height.shape[1]!, width.shape[1]!])]
    },
  }),
}

/** Operators of com.microsoft that stock ONNX Runtime runs. */
export const contribOps = {
  FusedMatMul: defineOp({
    domain: microsoft,
    inputs: ['A', 'B'],
    outputs: ['Y'],
    attributes: { alpha: float(1), transA: int(0), transB: int(0), transBatchA: int(0), transBatchB: int(0) },
    infer: context => {
      const { transA, transB, transBatchA, transBatchB } = context.attributes
      if (transBatchA || transBatchB) context.fail('transBatchA and transBatchB 0')
      const swap = (shape: Shape, yes: number): Shape =>
        yes ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape
      if (context.inputs.some(input => input && input.shape.length < 2)) context.fail('matrices')
      const shape = matMulShape(context, swap(context.input(0).shape, transA), swap(context.input(1).shape, transB))
      return [typed(context.input(0).type, shape)]
    },
  }),
}
