import type { ConvolutionShape } from './convolution.js'

/** The inputs of one axis at the positions `phase`, `phase` + stride, ...: their gradient is a convolution of the outputs' gradients. */
export interface GradientPhase {
  /** The taps of the forward kernel that reach them, in the order in which the convolution has them. */
  readonly taps: readonly number[]
  readonly dilation: number
  readonly pads: readonly [begin: number, end: number]
}

/**
 * The gradient of a convolution's input along one axis: input i takes from output (i + pad - dilation tap) / stride for every tap where
 * that is whole, so inputs with the same rest by the stride take by the same taps. Every phase gets as many elements as the first; what
 * is beyond the input's size is to be cut off.
 *
 * @param axis 0: rows, 1: columns
 * @returns one phase for each rest; null where a convolution with pads cannot say it: stride and dilation at once, a rest that no tap
 * reaches, outputs that reach nothing
 */
export function gradientPhases({ x, window }: ConvolutionShape, axis: 0 | 1): readonly GradientPhase[] | null {
  const [size, kernel, stride, dilation] = [
    x[axis + 2],
    window.kernel[axis],
    window.strides[axis],
    window.dilations[axis],
  ]
  const [begin, end] = [window.pads[axis]!, window.pads[axis + 2]!]
  if (stride! > 1 && dilation! > 1) return null
  const outputs = Math.floor((size! + begin + end - dilation! * (kernel! - 1) - 1) / stride!) + 1
  const count = Math.ceil(size! / stride!)
  const phases: GradientPhase[] = []
  for (let rest = 0; rest < stride!; rest++) {
    const source = (tap: number): number => (rest + begin - tap * dilation!) / stride!
    const taps = Array.from({ length: kernel! }, (_, i) => kernel! - 1 - i).filter(tap => Number.isInteger(source(tap)))
    if (taps.length === 0) return null
    const pads = [-source(taps[0]!), count + source(taps.at(-1)!) - outputs] as const
    if (pads.some(pad => pad < 0)) return null
    phases.push({ taps, dilation: stride! === 1 ? dilation! : 1, pads })
  }
  return phases
}
