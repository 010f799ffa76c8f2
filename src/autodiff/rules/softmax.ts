import type { GradientTable } from '../rule.js'

/** Gradients of normalizations to a distribution. */
export const softmaxGradients = {
  // y = e^x / sum(e^x) along the axis: dx = y (dy - sum(y dy))
  Softmax: ({ b, attributes: { axis }, y, dy }) => [() => b.emit('SoftmaxGrad_13', [dy(), y()], { axis })],
  // y = x - ln(sum(e^x)) along the axis: dx = dy - e^y sum(dy)
  LogSoftmax: ({ b, attributes: { axis }, y, dy }) => [() => b.emit('LogSoftmaxGrad_13', [dy(), y()], { axis })],
} satisfies Partial<GradientTable>
