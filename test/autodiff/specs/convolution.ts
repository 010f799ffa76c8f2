import type { OpAttributes } from '../../../src/onnx/op-table.js'
import { type GradientSpec, plainInputs } from '../../support/gradient-spec.js'

type Window = Partial<OpAttributes<'Conv'>>

/** Name, picture `[channels, height, width]`, weight, attributes. */
type ConvCase = readonly [string, readonly number[], readonly number[], Window]

const same = (kernel: number): readonly number[] => Array<number>(4).fill((kernel - 1) / 2)

const dense: readonly ConvCase[] = [
  ['3x3', [2, 5, 6], [3, 2, 3, 3], {}],
  ['3x3 padded', [2, 5, 6], [3, 2, 3, 3], { pads: same(3) }],
  ['3x3 strides 2, even', [3, 6, 8], [4, 3, 3, 3], { pads: same(3), strides: [2, 2] }],
  ['3x3 strides 2, odd', [3, 7, 5], [4, 3, 3, 3], { pads: same(3), strides: [2, 2] }],
  ['3x3 strides 2 and 1', [2, 7, 6], [2, 2, 3, 3], { pads: same(3), strides: [2, 1] }],
  ['3x3 strides 2, unpadded, rest', [2, 6, 8], [2, 2, 3, 3], { strides: [2, 2] }],
  ['5x5 strides 2', [2, 9, 8], [2, 2, 5, 5], { pads: same(5), strides: [2, 2] }],
  ['3x3 dilated', [2, 7, 8], [2, 2, 3, 3], { pads: [2, 2, 2, 2], dilations: [2, 2] }],
  ['3x3 dilated, strides 2', [2, 9, 8], [2, 2, 3, 3], { pads: [1, 2, 1, 2], dilations: [2, 2], strides: [2, 2] }],
  ['3x3 asymmetric pads', [2, 5, 6], [3, 2, 3, 3], { pads: [0, 1, 2, 0] }],
  ['3x3 asymmetric pads, strides 2', [2, 6, 6], [3, 2, 3, 3], { pads: [0, 0, 1, 1], strides: [2, 2] }],
  ['3x1', [2, 5, 4], [3, 2, 3, 1], { pads: [1, 0, 1, 0] }],
  ['2x2 strides 2', [2, 6, 4], [3, 2, 2, 2], { strides: [2, 2] }],
  ['kernel as large as the picture', [2, 4, 5], [3, 2, 4, 5], {}],
  ['strides 3, larger than the kernel', [2, 8, 7], [2, 2, 2, 2], { strides: [3, 3] }],
]

const pointwise: readonly ConvCase[] = [
  ['1x1', [5, 3, 4], [4, 5, 1, 1], {}],
  ['1x1 of one location', [6, 1, 1], [4, 6, 1, 1], {}],
  ['1x1 strides 2, odd', [4, 5, 7], [3, 4, 1, 1], { strides: [2, 2] }],
  ['1x1 strides 2, even', [4, 6, 4], [3, 4, 1, 1], { strides: [2, 2] }],
  ['1x1 padded', [2, 3, 3], [2, 2, 1, 1], { pads: [1, 1, 1, 1] }],
]

const depthwise: readonly ConvCase[] = [
  ['depthwise 3x3', [3, 5, 6], [3, 1, 3, 3], { pads: same(3), group: 3 }],
  ['depthwise 3x3 strides 2, even', [3, 6, 8], [3, 1, 3, 3], { pads: same(3), strides: [2, 2], group: 3 }],
  ['depthwise 3x3 strides 2, odd', [3, 7, 5], [3, 1, 3, 3], { pads: same(3), strides: [2, 2], group: 3 }],
  ['depthwise 5x5', [3, 6, 7], [3, 1, 5, 5], { pads: same(5), group: 3 }],
  ['depthwise 5x5 strides 2, even', [2, 8, 6], [2, 1, 5, 5], { pads: same(5), strides: [2, 2], group: 2 }],
  ['depthwise 5x5 strides 2, odd', [2, 7, 9], [2, 1, 5, 5], { pads: same(5), strides: [2, 2], group: 2 }],
  ['depthwise 5x5 on 4x4', [3, 4, 4], [3, 1, 5, 5], { pads: same(5), group: 3 }],
  ['depthwise 3x3 dilated', [3, 7, 7], [3, 1, 3, 3], { pads: [2, 2, 2, 2], dilations: [2, 2], group: 3 }],
  ['depthwise with two outputs each', [3, 5, 5], [6, 1, 3, 3], { pads: same(3), group: 3 }],
  ['depthwise 1x1', [3, 4, 4], [3, 1, 1, 1], { group: 3 }],
  ['grouped 3x3', [4, 5, 6], [6, 2, 3, 3], { pads: same(3), group: 2 }],
  ['grouped 3x3 strides 2', [4, 7, 6], [6, 2, 3, 3], { pads: same(3), strides: [2, 2], group: 2 }],
  ['grouped 1x1', [4, 3, 3], [6, 2, 1, 1], { group: 2 }],
]

function convSpecs([name, picture, weight, attributes]: ConvCase): GradientSpec[] {
  return [
    {
      name: `Conv ${name}`,
      accuracy: 'linear',
      inputs: plainInputs(['P', ...picture], weight, [weight[0]!]),
      build: (b, ...x) => b.emit('Conv', x, attributes),
    },
    {
      name: `Conv ${name}, one picture, no bias`,
      accuracy: 'linear',
      inputs: plainInputs([1, ...picture], weight),
      build: (b, ...x) => b.emit('Conv', x, attributes),
    },
  ]
}

const oneDimensional: GradientSpec = {
  name: 'Conv in one dimension',
  accuracy: 'linear',
  inputs: plainInputs(['P', 3, 9], [4, 3, 3], [4]),
  build: (b, ...x) => b.emit('Conv', x, { pads: [1, 1], strides: [2] }),
}

type TransposedCase = readonly [string, readonly number[], readonly number[], Partial<OpAttributes<'ConvTranspose'>>]

const transposed: readonly TransposedCase[] = [
  ['3x3', [2, 4, 5], [2, 3, 3, 3], {}],
  ['2x2 strides 2', [3, 4, 3], [3, 2, 2, 2], { strides: [2, 2] }],
  [
    '3x3 strides 2 to an even size',
    [2, 4, 3],
    [2, 3, 3, 3],
    { strides: [2, 2], pads: same(3), output_padding: [1, 1] },
  ],
  ['depthwise 3x3', [3, 4, 5], [3, 1, 3, 3], { pads: same(3), group: 3 }],
  ['grouped 3x3 dilated', [4, 4, 5], [4, 3, 3, 3], { dilations: [2, 2], group: 2 }],
]

export const convolutionSpecs: readonly GradientSpec[] = [
  ...[...dense, ...pointwise, ...depthwise].flatMap(convSpecs),
  oneDimensional,
  ...transposed.map(
    ([name, picture, weight, attributes]): GradientSpec => ({
      name: `ConvTranspose ${name}`,
      accuracy: 'linear',
      inputs: plainInputs(['P', ...picture], weight, [weight[1]! * (attributes.group ?? 1)]),
      build: (b, ...x) => b.emit('ConvTranspose', x, attributes),
    }),
  ),
]
