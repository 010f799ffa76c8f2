import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { filled } from '../standard/channels.js'
import { affine } from './channels.js'

/** What a fused batch-norm ends with. */
export type Activation = '' | 'Relu' | 'HardSwish'

/** activation(scale x + shift), channel by channel; `scale` and `shift` [C] of whole blocks. */
export function activatedAffine(b: GraphBuilder, x: Value, scale: Value, shift: Value, activation: Activation): Value {
  if (activation === 'Relu') return affine(b, x, scale, shift, { activation: { activation } })
  const result = affine(b, x, scale, shift)
  return activation === 'HardSwish' ? hardSwish(b, result) : result
}

/** x clip(x/6 + 1/2, 0, 1) */
export function hardSwish(b: GraphBuilder, x: Value): Value {
  return b.emit('Mul', [x, b.emit('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 })])
}

/** The gradient of what an activation was applied to, divided by a factor that is cheaper to multiply with later. */
export interface ScaledGradient {
  readonly value: Value
  readonly factor: number
}

/** dY where Y > 0. */
export function reluGradient(b: GraphBuilder, dy: Value, y: Value): ScaledGradient {
  const positive = b.emit('HardSigmoid', [y], { alpha: 2 ** 100, beta: 0 })
  return { value: b.emit('Mul', [dy, positive]), factor: 1 }
}

/** The smallest float32 above 1/2. */
const aboveHalf = 0.5 + 2 ** -24

/**
 * With t = clip(x/6, -1/2, 1/2), the slope of hard-swish is 1/2 + 2t - round(t)/2 if only the ends of the clip round away from zero:
 * 0 up to x = -3, 1 from 3 on, x/3 + 1/2 between. So the clip goes to the next number above 1/2, and x/6 is scaled to get there at
 * x = 3. What is returned is dY (round(t) - 4t - 1), in which every step is one pass.
 *
 * @param x what is before scale and shift, [C] of whole blocks each; they make of it what the activation was applied to
 */
export function hardSwishGradient(b: GraphBuilder, dy: Value, x: Value, scale: Value, shift: Value): ScaledGradient {
  const channels = x.shape[1] as number
  const sixth = b.scalar((aboveHalf / 3) * (1 + 2 ** -25))
  const activation = { activation: 'Clip', activation_params: [-aboveHalf, aboveHalf] }
  const t = affine(b, x, b.emit('Mul', [scale, sixth]), b.emit('Mul', [shift, sixth]), { activation })
  const [four, one] = [filled(b, [channels], -4), filled(b, [channels], -1)]
  const slope = affine(b, t, four, one, { addend: b.emit('Round', [t]) })
  return { value: b.emit('Mul', [dy, slope]), factor: -0.5 }
}
