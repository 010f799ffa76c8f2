import type { GradientTable } from '../rule.js'

/** The gradient of random masking. */
export const dropoutGradients = {
  // Training: y = x mask / (1 - ratio), so dx = dy mask / (1 - ratio). Otherwise y = x.
  Dropout: ({ b, optionalX, known, y, dy }) => [
    () => {
      const [ratio, training] = [optionalX(1), optionalX(2)]
      if (!training || known(2)?.[0] === 0) return dy()
      return b.emit('DropoutGrad', [dy(), y(1), ratio, training])
    },
    null,
    null,
  ],
} satisfies Partial<GradientTable>
