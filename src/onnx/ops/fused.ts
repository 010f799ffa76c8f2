import type { ValueType } from '../graph.js'
import { localDomain } from '../graph.js'
import { defineOp, float, type InferenceContext, int, optionalInts, string, typed } from '../op-definition.js'
import { resolveWindow, windowOutput } from '../window.js'
import { kernelOf } from './network.js'

const convolutionAttributes = {
  auto_pad: string('NOTSET'),
  kernel_shape: optionalInts,
  strides: optionalInts,
  pads: optionalInts,
  dilations: optionalInts,
  group: int(1),
}

const fusedAttributes = {
  /** What follows the batch-norm: `''`, `Relu` or `HardSwish`. */
  activation: string(''),
  /** Whether the input of a ConvBatchNorm, which is the output of a GramConvBatchNorm, has its rows split into even and odd columns. */
  split_rows: int(0),
}

const batchNormAttributes = { epsilon: float(1e-5), momentum: float(0.9), ...fusedAttributes }

/** The type of an input, for an output that has the same. */
const like = (context: InferenceContext<unknown>, index: number): ValueType =>
  typed(context.input(index).type, context.input(index).shape)

/**
 * Parts of training graphs as one operator each. Passes of a lowering put them in place of the operators that they stand for, and the
 * same lowering replaces them: no saved graph holds them, no runtime knows them.
 */
export const fusedOps = {
  /**
   * Conv without bias, BatchNormInternal, activation. `centered` is the convolution's result shifted by numbers of the channels that bring
   * its mean near zero; `saved_mean` is what mean is left.
   */
  ConvBatchNorm: defineOp({
    domain: localDomain,
    inputs: ['X', 'W', 'scale', 'B', 'input_mean', 'input_var'],
    outputs: ['Y', 'running_mean?', 'running_var?', 'centered?', 'saved_mean?', 'saved_inv_std?'],
    attributes: { ...convolutionAttributes, ...batchNormAttributes },
    infer: context => {
      const [x, w] = [context.input(0), context.input(1)]
      const window = resolveWindow(context.attributes, kernelOf(context, w.shape))
      const y = typed(x.type, [x.shape[0]!, w.shape[0]!, ...windowOutput(window, x.shape.slice(2))])
      const channels = like(context, 2)
      return [y, channels, channels, y, channels, channels]
    },
  }),
  /** The gradients of ConvBatchNorm; `Y` is its output. */
  ConvBatchNormGrad: defineOp({
    domain: localDomain,
    inputs: ['dY', 'X', 'W', 'scale', 'B', 'centered', 'saved_mean', 'saved_inv_std', 'Y'],
    outputs: ['dX?', 'dW?', 'dScale?', 'dB?'],
    attributes: { ...convolutionAttributes, ...fusedAttributes },
    infer: context => [1, 2, 3, 3].map(index => like(context, index)),
  }),
  /**
   * The same for a 1x1 convolution to more channels, whose statistics come from the covariance of its input. `shifted` is X shifted by
   * numbers of the channels that bring its mean near zero, `saved_mean` what mean is left, `weighted` W times the covariance;
   * `activated` is what the activation was applied to.
   */
  GramConvBatchNorm: defineOp({
    domain: localDomain,
    inputs: ['X', 'W', 'scale', 'B', 'input_mean', 'input_var'],
    outputs: [
      'Y',
      'running_mean?',
      'running_var?',
      'shifted?',
      'saved_mean?',
      'saved_inv_std?',
      'weighted?',
      'activated?',
    ],
    attributes: batchNormAttributes,
    infer: context => {
      const [x, w] = [context.input(0), context.input(1)]
      const [outputs, inputs] = w.shape
      const y = typed(x.type, [x.shape[0]!, outputs!, ...x.shape.slice(2)])
      const channels = like(context, 2)
      const weighted = typed(x.type, [outputs!, inputs!])
      return [y, channels, channels, like(context, 0), typed(x.type, [inputs!]), channels, weighted, y]
    },
  }),
  /** The gradients of GramConvBatchNorm. */
  GramConvBatchNormGrad: defineOp({
    domain: localDomain,
    inputs: ['dY', 'W', 'scale', 'shifted', 'saved_mean', 'saved_inv_std', 'weighted', 'activated'],
    outputs: ['dX?', 'dW?', 'dScale?', 'dB?'],
    attributes: fusedAttributes,
    infer: context => [3, 1, 2, 2].map(index => like(context, index)),
  }),
  /** The sums of X Y over the pixels, [N, C, 1, 1]. */
  PixelProducts: defineOp({
    domain: localDomain,
    inputs: ['X', 'Y'],
    outputs: ['Z'],
    attributes: {},
    infer: context => {
      const { type, shape } = context.input(0)
      return [typed(type, [...shape.slice(0, 2), ...shape.slice(2).map(() => 1)])]
    },
  }),
  /** scale X + shift, where scale and shift are [N, C, 1, 1]. */
  PictureAffine: defineOp({
    domain: localDomain,
    inputs: ['X', 'scale', 'shift'],
    outputs: ['Y'],
    attributes: {},
    infer: context => [like(context, 0)],
  }),
}
