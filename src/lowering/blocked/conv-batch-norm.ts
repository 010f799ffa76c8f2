import type { Value } from '../../onnx/graph.js'
import { type Lowering, plain } from '../lowering.js'
import { type Activation, activatedAffine } from './activation.js'
import { batchStatistics, inverseDeviation, negatedShift, normalization, runningValue } from './batch-statistics.js'
import { convolutionShape, convolve, entersPlain, kernelWeight } from './convolution.js'
import { type Blocked, type BlockSize, first, padTo, wholeBlocks } from './layout.js'
import { splitConvolution, spreadTaps } from './phases.js'

/**
 * Convolution, batch-norm, activation. The convolution is run on the first picture alone; what its channels average to there is
 * subtracted as a bias in the run on all, so that the variance keeps its digits.
 */
export function convBatchNorm(block: BlockSize): Lowering<'ConvBatchNorm', Blocked> {
  return context => {
    const { b, attributes, input } = context
    const given = convolutionShape(attributes, context.shape(0), context.shape(1))!
    const split = attributes.split_rows ? splitConvolution(given)! : null
    const shape = split ?? given
    const channels = shape.w[0]!
    const padded = (index: number): Value => padTo(b, input(index), [wholeBlocks(channels, block)])
    const own = (value: Value): Value => first(b, value, channels, 0)
    const plainInput = entersPlain(context, shape, block)
    const x = input(0, plainInput ? 'plain' : 'blocked')
    const taps = split ? spreadTaps(b, input(1), given, split) : input(1)
    const weight = kernelWeight(b, taps, shape, block, plainInput)
    const shift = negatedShift(b, convolve(b, first(b, x, 1, 0), weight, shape.kind, shape.window))
    const centered = convolve(b, x, weight, shape.kind, shape.window, shift)
    const { mean, variance } = batchStatistics(b, centered)
    const inverse = inverseDeviation(b, variance, attributes.epsilon, channels)
    const { scale, offset } = normalization(b, padded(2), padded(3), mean, inverse)
    const y = activatedAffine(b, centered, scale, offset, attributes.activation as Activation)
    return [
      { value: y, form: 'blocked' },
      ...plain(
        runningValue(b, input(4), own(b.emit('Sub', [mean, shift])), attributes.momentum),
        runningValue(b, input(5), own(variance), attributes.momentum),
      ),
      { value: centered, form: 'blocked' },
      ...plain(own(mean), own(inverse)),
    ]
  }
}
