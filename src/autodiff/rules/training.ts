import { type GradientTable, notDifferentiable } from '../rule.js'

const second = notDifferentiable('gradients of gradients are not supported')
const lowered = notDifferentiable('it belongs to lowered graphs, and gradients come before lowering')
const update = notDifferentiable('it changes state')

/** The training vocabulary: gradients themselves, and operators with side effects; operators that only lowerings emit. */
export const trainingGradients = {
  // y = x s, or x / s with scale_down: dx = dy s, or dy / s
  Scale: ({ b, given, x, dy, refuse }) => [
    () => b.emit('Scale', [dy(), x(1)], given),
    () => refuse('its factor has no gradient'),
  ],
  ConvGrad: second,
  BatchNormalizationGrad: second,
  LayerNormalizationGrad: second,
  ReluGrad: second,
  SigmoidGrad: second,
  TanhGrad: second,
  LeakyReluGrad: second,
  SoftmaxGrad_13: second,
  LogSoftmaxGrad_13: second,
  SoftmaxCrossEntropyLossGrad: second,
  DropoutGrad: second,
  GatherGrad: second,
  SliceGrad: second,
  MaxPoolGrad: second,
  AveragePoolGrad: second,
  HardSigmoidGrad: second,
  HardSwishGrad: second,
  ResizeGrad: second,
  InPlaceAccumulatorV2: update,
  AdamWOptimizer: update,
  'nchwc.ReorderInput': lowered,
  'nchwc.ReorderOutput': lowered,
  'nchwc.Conv': lowered,
  'nchwc.GlobalAveragePool': lowered,
  ConvBatchNorm: lowered,
  ConvBatchNormGrad: lowered,
  GramConvBatchNorm: lowered,
  GramConvBatchNormGrad: lowered,
  PixelProducts: lowered,
  PictureAffine: lowered,
} satisfies Partial<GradientTable>
