import type { LoweringTable } from '../lowering.js'
import type { LoweringTarget } from '../target.js'
import {
  dropoutGrad,
  hardSigmoidGrad,
  hardSwishGrad,
  leakyReluGrad,
  logSoftmaxGrad,
  reluGrad,
  sigmoidGrad,
  softmaxGrad,
  tanhGrad,
} from './activation.js'
import { convGrad } from './convolution.js'
import { softmaxCrossEntropyLossGrad } from './loss.js'
import { gatherGrad, resizeGrad, scale, sliceGrad } from './movement.js'
import {
  batchNormalization,
  batchNormalizationGrad,
  batchNormInternal,
  layerNormalizationGrad,
} from './normalization.js'
import { adamWOptimizer, inPlaceAccumulator } from './optimizer.js'
import { averagePoolGrad, maxPoolGrad } from './pooling.js'

/** The training vocabulary in standard operators. */
export const standardTable: LoweringTable = {
  ConvGrad: convGrad,
  BatchNormInternal: batchNormInternal,
  BatchNormalization: batchNormalization,
  BatchNormalizationGrad: batchNormalizationGrad,
  LayerNormalizationGrad: layerNormalizationGrad,
  ReluGrad: reluGrad,
  SigmoidGrad: sigmoidGrad,
  TanhGrad: tanhGrad,
  LeakyReluGrad: leakyReluGrad,
  SoftmaxGrad_13: softmaxGrad,
  LogSoftmaxGrad_13: logSoftmaxGrad,
  SoftmaxCrossEntropyLossGrad: softmaxCrossEntropyLossGrad,
  DropoutGrad: dropoutGrad,
  GatherGrad: gatherGrad,
  SliceGrad: sliceGrad,
  Scale: scale,
  MaxPoolGrad: maxPoolGrad,
  AveragePoolGrad: averagePoolGrad,
  InPlaceAccumulatorV2: inPlaceAccumulator,
  AdamWOptimizer: adamWOptimizer,
  HardSigmoidGrad: hardSigmoidGrad,
  HardSwishGrad: hardSwishGrad,
  ResizeGrad: resizeGrad,
}

/** Standard operators only: runs on every processor, on WebGPU, in the browser. */
export const standardTarget: LoweringTarget = { name: 'standard', table: standardTable, conversions: {} }
