import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { scalarLike } from '../constants.js'
import { once } from '../once.js'
import type { GradientTable, RuleContext } from '../rule.js'

/** Gradients of normalizations by mean and variance. */
export const normalizationGradients = {
  // Inference form, y = scale (x - mean) inv + B with inv = 1 / sqrt(var + epsilon), mean and var constant:
  // dx = dy scale inv, dscale = the sum of dy (x - mean) inv and dB = the sum of dy over all axes but the channels
  BatchNormalization: context => {
    const { b, attributes, x, dy, refuse } = context
    if (attributes.training_mode) refuse('in training form it must be BatchNormInternal')
    const inverse = once(() => inverseDeviation(context))
    return [
      () => b.emit('Mul', [dy(), perChannel(b, b.emit('Mul', [x(1), inverse()]), dy())]),
      () => {
        const centred = b.emit('Sub', [x(0), perChannel(b, x(3), dy())])
        return b.emit('Mul', [sumPerChannel(b, b.emit('Mul', [dy(), centred])), inverse()])
      },
      () => sumPerChannel(b, dy()),
      () => refuse('its statistics have no gradient in inference form'),
      () => refuse('its statistics have no gradient in inference form'),
    ]
  },
  // Training form, mean and variance over the batch, with xhat = (x - mean) inv and n elements a channel:
  // dB = the sum of dy, dscale = the sum of dy xhat, dx = scale inv (dy - (dB + xhat dscale) / n). The running statistics take no part.
  BatchNormInternal: ({ b, attributes: { epsilon }, x, y, dy }) => {
    const gradients = once(() => b.emitAll('BatchNormalizationGrad', [dy(), x(0), x(1), y(3), y(4)], { epsilon }, 3))
    return [...[0, 1, 2].map(i => () => gradients()[i]!), null, null]
  },
  // The same over the last axes, each row by itself, with g = dy scale:
  // dx = inv (g - mean(g) - xhat mean(g xhat)), dscale = the sum of dy xhat and dB = the sum of dy over the rows
  LayerNormalization: ({ b, attributes: { axis }, x, y, dy }) => {
    const gradients = once(() => b.emitAll('LayerNormalizationGrad', [dy(), x(0), x(1), y(1), y(2)], { axis }, 3))
    return [0, 1, 2].map(i => () => gradients()[i]!)
  },
} satisfies Partial<GradientTable>

function inverseDeviation({ b, attributes: { epsilon }, x }: RuleContext<'BatchNormalization'>): Value {
  const shifted = b.emit('Add', [x(4), scalarLike(b, epsilon, x(4))])
  return b.emit('Reciprocal', [b.emit('Sqrt', [shifted])])
}

/** A vector over the channels, `[C, 1, 1]` for pictures, so that it broadcasts over axis 1 of `like`. */
function perChannel(b: GraphBuilder, vector: Value, like: Value): Value {
  const axes = like.shape.slice(2).map((_, i) => i + 1)
  return axes.length === 0 ? vector : b.emit('Unsqueeze', [vector, b.ints(axes)])
}

function sumPerChannel(b: GraphBuilder, value: Value): Value {
  const axes = value.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  return b.emit('ReduceSum', [value, b.ints(axes)], { keepdims: 0 })
}
