import { isStatic, sameShape } from '../dims.js'
import type { Shape } from '../graph.js'
import {
  type AttributeSpec,
  defineOp,
  type InferenceContext,
  int,
  optionalInts,
  string,
  typed,
} from '../op-definition.js'
import { checkWindow, resolveWindow, windowOutput } from '../window.js'
import { kernelOf } from './network.js'

/** The domain of ONNX Runtime's operators on blocked pictures, which its own optimizer makes use of. */
export const blockedDomain = 'com.microsoft.nchwc'

const optionalFloats: AttributeSpec<readonly number[] | undefined> = { kind: 'floats', default: undefined }
const optionalString: AttributeSpec<string | undefined> = { kind: 'string', default: undefined }

/** The shape of pictures [N, C, H, W]. */
function pictures(context: InferenceContext<unknown>, index = 0): Shape {
  const { shape } = context.input(index)
  return shape.length === 4 && typeof shape[1] === 'number' ? shape : context.fail('pictures [N, C, H, W]', index)
}

/**
 * ONNX Runtime's operators on pictures whose channels lie in blocks of B (8 or 16), `[N, C/B, H, W, B]`, declared as `[N, C, H, W]`; B
 * must divide C. A dense weight `[O, I, h, w]` lies as `[O/B, I/B, h, w, B (of I), B (of O)]`, one of a depthwise convolution as
 * `[C/B, h, w, B]`. Pictures with fewer than B channels enter a convolution plain; its weight lies as `[O/B, I, h, w, B]`.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/graph/contrib_ops/nchwc_schema_defs.cc
 */
export const blockedOps = {
  /** From plain pictures, whose channels must be whole blocks; with `channels_last` from [N, H, W, C]. */
  'nchwc.ReorderInput': defineOp({
    domain: blockedDomain,
    inputs: ['X'],
    outputs: ['Y'],
    attributes: { channels_last: int(0) },
    infer: context => {
      const { shape } = context.input(0)
      if (shape.length !== 4) context.fail('pictures of four axes', 0)
      const [batch, ...others] = shape
      const last = others.at(-1)!
      return [typed('float32', context.attributes.channels_last ? [batch!, last, ...others.slice(0, -1)] : shape)]
    },
  }),
  /** To plain pictures of the first `channels` channels; with `channels_last` to [N, H, W, C]. */
  'nchwc.ReorderOutput': defineOp({
    domain: blockedDomain,
    inputs: ['X'],
    outputs: ['Y'],
    attributes: { channels: int(0), channels_last: int(0) },
    infer: context => {
      const [batch, all, ...spatial] = pictures(context)
      const { channels, channels_last } = context.attributes
      if (channels < 1 || channels > (all as number)) context.fail(`at least ${channels} channels`, 0)
      const shape = channels_last ? [batch!, ...spatial, channels] : [batch!, channels, ...spatial]
      return [typed('float32', shape)]
    },
  }),
  /** `activation` is applied last, after `Sum` has been added; its memory is written over where nothing reads it later. */
  'nchwc.Conv': defineOp({
    domain: blockedDomain,
    inputs: ['X', 'W', 'B?', 'Sum?'],
    outputs: ['Y'],
    attributes: {
      auto_pad: string('NOTSET'),
      kernel_shape: optionalInts,
      strides: optionalInts,
      pads: optionalInts,
      dilations: optionalInts,
      group: int(1),
      activation: optionalString,
      activation_params: optionalFloats,
    },
    infer: context => {
      const [batch, channels, ...spatial] = pictures(context)
      const w = context.input(1).shape
      const { group } = context.attributes
      if (w.length !== 4 || channels !== (w[1] as number) * group) context.fail(`${w[1]} x ${group} channels`, 0)
      const window = resolveWindow(context.attributes, kernelOf(context, w))
      checkWindow(context, window, 2)
      const shape: Shape = [batch!, w[0]!, ...windowOutput(window, spatial)]
      if (isStatic(shape) && shape.some(dim => dim < 1)) context.fail('a picture at least as large as the kernel', 0)
      const [bias, sum] = [context.inputs[2], context.inputs[3]]
      if (bias && !sameShape(bias.shape, [w[0]!])) context.fail(`shape [${w[0]}]`, 2)
      if (sum && !sameShape(sum.shape, shape)) context.fail(`shape [${shape}]`, 3)
      return [typed('float32', shape)]
    },
  }),
  'nchwc.GlobalAveragePool': defineOp({
    domain: blockedDomain,
    inputs: ['X'],
    outputs: ['Y'],
    attributes: {},
    infer: context => [typed('float32', [...pictures(context).slice(0, 2), 1, 1])],
  }),
}
