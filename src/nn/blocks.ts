import type { Value } from '../onnx/graph.js'
import { constant, kaimingNormal } from './initializers.js'
import {
  type Activation,
  activate,
  batchNorm,
  type ConvOptions,
  channelsOf,
  conv2d,
  type LayerContext,
} from './layers.js'

/** torchvision initializes all convolutions of MobileNetV3 so. */
const torchvisionConv = { weight: kaimingNormal, bias: constant(0) }

/** Convolution without bias, batch-norm, activation: torchvision's `Conv2dNormActivation`. Parameters `<name>.0.*`, `<name>.1.*`. */
export function convBnAct(
  context: LayerContext,
  name: string,
  x: Value,
  options: ConvOptions,
  activation: Activation,
): Value {
  return context.b.scope(name.slice(name.lastIndexOf('.') + 1), () => {
    const convolved = conv2d(context, `${name}.0`, x, options, { ...torchvisionConv, bias: null })
    return activate(context, batchNorm(context, `${name}.1`, convolved), activation)
  })
}

/**
 * Squeeze-and-excitation (Hu et al. 2018) with a hard sigmoid: torchvision's `SqueezeExcitation` as MobileNetV3 uses it.
 * Parameters `<name>.fc1.*`, `<name>.fc2.*`.
 */
export function squeezeExcite(context: LayerContext, name: string, x: Value): Value {
  const { b } = context
  const channels = channelsOf(x)
  return b.scope('squeeze_excite', () => {
    const pooled = b.emit('GlobalAveragePool', [x])
    const squeezed = conv2d(context, `${name}.fc1`, pooled, { channels: squeezeChannels(channels) }, torchvisionConv)
    const excited = conv2d(context, `${name}.fc2`, b.emit('Relu', [squeezed]), { channels }, torchvisionConv)
    const scale = b.emit('HardSigmoid', [excited], { alpha: 1 / 6, beta: 0.5 })
    return b.emit('Mul', [scale, x])
  })
}

/** One row of MobileNetV3's table (Howard et al. 2019, table 2). */
export interface InvertedResidualOptions {
  readonly kernel: number
  readonly expanded: number
  readonly channels: number
  readonly squeezeExcite: boolean
  readonly activation: Activation
  readonly stride: number
}

/**
 * Expansion, depthwise convolution, squeeze-and-excitation, linear projection: torchvision's `InvertedResidual`. The input is
 * added where its shape is the output's; nothing follows the sum. Parameters `<name>.block.N.*`.
 */
export function invertedResidual(
  context: LayerContext,
  name: string,
  x: Value,
  options: InvertedResidualOptions,
): Value {
  const { kernel, expanded, channels, activation, stride } = options
  const block: ((name: string, input: Value) => Value)[] = []
  if (expanded !== channelsOf(x)) {
    block.push((layer, input) => convBnAct(context, layer, input, { channels: expanded }, activation))
  }
  const depthwise = { channels: expanded, kernel, stride, groups: 'depthwise' } as const
  block.push((layer, input) => convBnAct(context, layer, input, depthwise, activation))
  if (options.squeezeExcite) block.push((layer, input) => squeezeExcite(context, layer, input))
  block.push((layer, input) => convBnAct(context, layer, input, { channels }, null))
  return context.b.scope(name.slice(name.lastIndexOf('.') + 1), () => {
    const result = block.reduce((input, layer, i) => layer(`${name}.block.${i}`, input), x)
    return stride === 1 && channelsOf(x) === channels ? context.b.emit('Add', [result, x]) : result
  })
}

/** A quarter of the channels, rounded to a multiple of 8 but never down by more than a tenth (torchvision's `_make_divisible`). */
function squeezeChannels(channels: number): number {
  const wanted = Math.floor(channels / 4)
  const rounded = Math.max(8, 8 * Math.floor((wanted + 4) / 8))
  return rounded < 0.9 * wanted ? rounded + 8 : rounded
}
