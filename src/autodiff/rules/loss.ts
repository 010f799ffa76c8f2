import type { GradientTable } from '../rule.js'

/** Gradients of losses that are operators of their own. */
export const lossGradients = {
  // y = -w[label] log_prob[label], summed or averaged by weight: dx = (e^log_prob - onehot(label)) w[label] dy, over the sum of weights for
  // the mean, 0 where the label is to be ignored
  SoftmaxCrossEntropyLoss: ({ b, given, x, optionalX, y, dy, refuse }) => [
    () => b.emit('SoftmaxCrossEntropyLossGrad', [dy(), y(1), x(1), optionalX(2)], given),
    null,
    () => refuse('its class weights have no gradient'),
  ],
} satisfies Partial<GradientTable>
