import { resolveWindow, windowOutput } from '../../../src/onnx/window.js'
import type { OperatorCase } from './case.js'

interface ConvCase {
  readonly name: string
  /** [N, C, spatial...] */
  readonly x: readonly number[]
  /** [M, C / group, kernel...] */
  readonly w: readonly number[]
  readonly strides?: readonly number[]
  readonly pads?: readonly number[]
  readonly dilations?: readonly number[]
  readonly group?: number
}

const one = [1, 1, 1, 1]
const two = [2, 2, 2, 2]

const convCases: readonly ConvCase[] = [
  { name: 'dense 3x3', x: [2, 3, 5, 7], w: [4, 3, 3, 3], pads: one },
  { name: 'dense 3x3 without pads', x: [2, 3, 5, 4], w: [4, 3, 3, 3] },
  { name: 'dense 3x3 stride 2 on even sizes', x: [2, 3, 8, 6], w: [4, 3, 3, 3], strides: [2, 2], pads: one },
  { name: 'dense 3x3 stride 2 on odd sizes', x: [2, 3, 7, 5], w: [4, 3, 3, 3], strides: [2, 2], pads: one },
  { name: 'dense 5x5 stride 2', x: [2, 2, 9, 8], w: [3, 2, 5, 5], strides: [2, 2], pads: two },
  { name: 'stride 3 that leaves two rows over', x: [2, 2, 10, 9], w: [3, 2, 2, 2], strides: [3, 3] },
  { name: 'strides 2 and 1, kernel 3x1', x: [2, 2, 8, 5], w: [3, 2, 3, 1], strides: [2, 1], pads: [1, 0, 1, 0] },
  { name: 'pads at the end only', x: [2, 3, 8, 8], w: [4, 3, 3, 3], strides: [2, 2], pads: [0, 0, 1, 1] },
  { name: 'pads that differ on every side', x: [1, 2, 6, 7], w: [3, 2, 3, 3], pads: [0, 2, 1, 0] },
  { name: 'dilations 2 and 3', x: [2, 2, 9, 10], w: [3, 2, 3, 3], dilations: [2, 3], pads: two },
  {
    name: 'dilation 2 with stride 2',
    x: [2, 2, 10, 9],
    w: [3, 2, 3, 3],
    dilations: [2, 2],
    strides: [2, 2],
    pads: two,
  },
  { name: 'one pixel', x: [2, 3, 1, 1], w: [4, 3, 3, 3], pads: one },
  { name: 'pointwise', x: [2, 5, 4, 3], w: [6, 5, 1, 1] },
  { name: 'pointwise, one picture', x: [1, 5, 4, 3], w: [6, 5, 1, 1] },
  { name: 'pointwise stride 2', x: [2, 5, 6, 5], w: [6, 5, 1, 1], strides: [2, 2] },
  { name: 'pointwise with pads', x: [2, 3, 3, 3], w: [2, 3, 1, 1], pads: one },
  { name: 'pointwise in 2 groups', x: [2, 4, 4, 3], w: [6, 2, 1, 1], group: 2 },
  { name: '2 groups', x: [2, 4, 5, 6], w: [6, 2, 3, 3], group: 2, pads: one },
  { name: '2 groups stride 2', x: [2, 4, 6, 6], w: [8, 2, 3, 3], group: 2, pads: one, strides: [2, 2] },
  { name: 'depthwise 3x3', x: [3, 6, 5, 5], w: [6, 1, 3, 3], group: 6, pads: one },
  { name: 'depthwise 3x3 stride 2', x: [2, 6, 8, 8], w: [6, 1, 3, 3], group: 6, pads: one, strides: [2, 2] },
  { name: 'depthwise 5x5', x: [2, 6, 4, 4], w: [6, 1, 5, 5], group: 6, pads: two },
  {
    name: 'depthwise 5x5 stride 2 on odd sizes',
    x: [3, 6, 9, 7],
    w: [6, 1, 5, 5],
    group: 6,
    pads: two,
    strides: [2, 2],
  },
  {
    name: 'depthwise 5x5 stride 2 on even sizes',
    x: [2, 6, 8, 6],
    w: [6, 1, 5, 5],
    group: 6,
    pads: two,
    strides: [2, 2],
  },
  { name: 'depthwise 3x3 dilation 2', x: [2, 6, 8, 7], w: [6, 1, 3, 3], group: 6, pads: two, dilations: [2, 2] },
  {
    name: 'depthwise with pads at the end only',
    x: [1, 4, 8, 8],
    w: [4, 1, 3, 3],
    group: 4,
    pads: [0, 0, 1, 1],
    strides: [2, 2],
  },
  { name: 'depthwise with 2 outputs a channel', x: [2, 3, 5, 5], w: [6, 1, 3, 3], group: 3, pads: one },
  { name: 'one axis', x: [2, 3, 9], w: [4, 3, 3], strides: [2], pads: [1, 1] },
]

/** ConvGrad, all three gradients. */
export const convolutionCases: readonly OperatorCase[] = convCases.map(({ name, x, w, ...attributes }) => ({
  op: 'ConvGrad',
  name,
  build: inputs => {
    const kernel = w.slice(2)
    const window = resolveWindow(
      { auto_pad: 'NOTSET', kernel_shape: kernel, strides: undefined, pads: undefined, ...attributes },
      kernel,
    )
    const dy = inputs.normal('dY', [x[0]!, w[0]!, ...(windowOutput(window, x.slice(2)) as number[])])
    const all = [dy, inputs.normal('X', x), inputs.normal('W', w)]
    return inputs.b.emitAll('ConvGrad', all, { kernel_shape: kernel, ...attributes }, 3)
  },
}))
