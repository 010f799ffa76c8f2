import { once } from '../once.js'
import type { GradientTable } from '../rule.js'
import { emitWanted } from './emit-wanted.js'

/** Gradients of convolutions. */
export const convolutionGradients = {
  // Y = W * X + B, every part of it linear: ConvGrad gives dX, dW and dB, each where it is wanted
  Conv: ({ b, given, needs, x, dy }) => {
    const gradients = once(() => emitWanted(b, 'ConvGrad', [dy(), x(0), x(1)], given, [needs(0), needs(1), needs(2)]))
    return [0, 1, 2].map(i => () => gradients()[i]!)
  },
  // The transpose of a convolution C with the same attributes: <dY, Cᵀ X> = <C dY, X>. So dX = C dY, and dW is the weight gradient of C
  // with input dY and output gradient X; dB = the sum of dY over all axes but the channels.
  ConvTranspose: ({ b, given: { output_padding: _, output_shape: __, ...window }, x, dy }) => [
    () => b.emit('Conv', [dy(), x(1)], window),
    () => emitWanted(b, 'ConvGrad', [x(0), dy(), x(1)], window, [false, true])[1]!,
    () =>
      b.emit('ReduceSum', [dy(), b.ints(dy().shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])))], { keepdims: 0 }),
  ],
} satisfies Partial<GradientTable>
