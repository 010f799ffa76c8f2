import type { GradientTable } from '../rule.js'
import { elementsPer, expandLike } from '../shapes.js'

/** Gradients of poolings. */
export const poolingGradients = {
  // y = the mean over height and width: dx = dy / (H W)
  GlobalAveragePool: ({ b, x, y, dy }) => [
    () => expandLike(b, b.emit('Scale', [dy(), elementsPer(b, x(0), y())], { scale_down: 1 }), x(0)),
  ],
  // y = the mean over each window: dx = the sum over the windows that cover it of dy / their size
  AveragePool: ({ b, given, x, dy }) => [() => b.emit('AveragePoolGrad', [dy()], given, { declared: [x(0)] })],
  // y = the largest in each window, the first of equals: dx = the sum of dy over the windows whose largest it is
  MaxPool: ({ b, given, x, y, dy }) => [() => b.emit('MaxPoolGrad', [dy(), y(1)], given, { declared: [x(0)] })],
} satisfies Partial<GradientTable>
