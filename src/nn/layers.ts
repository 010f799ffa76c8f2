import type { GraphBuilder } from '../onnx/builder.js'
import type { Value } from '../onnx/graph.js'
import { constant, uniformFanIn } from './initializers.js'
import type { Initializer, ParameterScope } from './parameters.js'

/** `train`: batch-norm uses the batch's statistics and updates the running ones. `eval`: it uses the running ones. */
export type Mode = 'train' | 'eval'

/** What every layer adds itself to. */
export interface LayerContext {
  readonly b: GraphBuilder
  readonly parameters: ParameterScope
  readonly mode: Mode
  /** The weight of the batch in the running statistics (PyTorch's sense; ONNX's is the weight of the old value). */
  readonly batchNormMomentum: number
}

/** The nonlinearity after a layer; null for a linear one. */
export type Activation = 'Relu' | 'HardSwish' | null

/** The size of a convolution. */
export interface ConvOptions {
  readonly channels: number
  /** Kernel height and width. @defaultValue 1 */
  readonly kernel?: number
  readonly stride?: number
  /** `'depthwise'`: each channel on its own. */
  readonly groups?: 1 | 'depthwise'
}

/** How a layer's parameters start; by default as PyTorch's own layers do. */
export interface LayerInitializers {
  readonly weight: Initializer
  /** Null for a layer without a bias. */
  readonly bias: Initializer | null
}

/** torchvision's epsilon for MobileNetV3. */
const batchNormEpsilon = 0.001

/** A value's number of channels, which networks here always know. */
export function channelsOf(x: Value): number {
  return x.shape[1] as number
}

/** `torch.nn.Conv2d` with square kernels, padded so that stride 1 keeps the size. Parameters `<name>.weight`, `<name>.bias`. */
export function conv2d(
  { b, parameters }: LayerContext,
  name: string,
  x: Value,
  { channels, kernel = 1, stride = 1, groups = 1 }: ConvOptions,
  initializers?: LayerInitializers,
): Value {
  const group = groups === 'depthwise' ? channels : groups
  const inputs = channelsOf(x) / group
  const fanIn = uniformFanIn(inputs * kernel * kernel)
  const { weight, bias } = initializers ?? { weight: fanIn, bias: fanIn }
  const pad = (kernel - 1) / 2
  return b.emit(
    'Conv',
    [
      x,
      parameters.declare(`${name}.weight`, [channels, inputs, kernel, kernel], weight),
      bias && parameters.declare(`${name}.bias`, [channels], bias),
    ],
    { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad], group },
  )
}

/** `torch.nn.Linear` on rows [N, features]. Parameters `<name>.weight` [outputs, features], `<name>.bias`. */
export function linear({ b, parameters }: LayerContext, name: string, x: Value, outputs: number): Value {
  const features = channelsOf(x)
  const fanIn = uniformFanIn(features)
  const weight = parameters.declare(`${name}.weight`, [outputs, features], fanIn)
  const bias = parameters.declare(`${name}.bias`, [outputs], fanIn)
  return b.emit('Gemm', [x, weight, bias], { transB: 1 })
}

/**
 * `torch.nn.BatchNorm2d`. Parameters `<name>.weight`, `.bias`, `.running_mean`, `.running_var`.
 *
 * In training the node's second and third output, the new running statistics, have names that nothing reads: ONNX Runtime's
 * kernel then writes them into the inputs. The running variance is ONNX Runtime's, of the batch as it is (biased).
 */
export function batchNorm({ b, parameters, mode, batchNormMomentum }: LayerContext, name: string, x: Value): Value {
  const shape = [channelsOf(x)]
  const inputs = [
    x,
    parameters.declare(`${name}.weight`, shape, constant(1)),
    parameters.declare(`${name}.bias`, shape, constant(0)),
    parameters.declare(`${name}.running_mean`, shape, constant(0), false),
    parameters.declare(`${name}.running_var`, shape, constant(1), false),
  ]
  if (mode === 'eval') return b.emit('BatchNormalization', inputs, { epsilon: batchNormEpsilon })
  const attributes = { epsilon: batchNormEpsilon, momentum: 1 - batchNormMomentum, training_mode: 1 }
  return b.emitAll('BatchNormInternal', inputs, attributes, 5)[0]!
}

/** The nonlinearity itself. */
export function activate({ b }: LayerContext, x: Value, activation: Activation): Value {
  return activation === null ? x : b.emit(activation, [x])
}
