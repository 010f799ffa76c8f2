import type { LoweringTable } from '../lowering.js'
import { standardTable } from '../standard/index.js'
import type { LoweringTarget, Pass } from '../target.js'
import { convBatchNorm } from './conv-batch-norm.js'
import { convBatchNormGrad } from './conv-batch-norm-gradient.js'
import { blockedConversions } from './conversions.js'
import { convolution } from './convolution.js'
import { convolutionGradient } from './convolution-gradient.js'
import { elementwise, product } from './elementwise.js'
import { gramConvBatchNorm, gramConvBatchNormGrad } from './gram-batch-norm.js'
import type { Blocked, BlockSize } from './layout.js'
import { batchNormalization, batchNormalizationGrad, batchNormInternal } from './normalization.js'
import { fuseAddends } from './passes/fuse-addends.js'
import { fuseConvBatchNorm, fuseGramBatchNorm } from './passes/fuse-batch-norm.js'
import { fusePictureAffine, fusePixelProducts } from './passes/fuse-squeeze-excite.js'
import { mergeEqualNodes } from './passes/merge-equal-nodes.js'
import { markSplitRows } from './passes/split-rows.js'
import { pictureAffine, pixelProducts } from './picture-operators.js'
import { expand, globalAveragePool } from './pooling.js'

/** The training vocabulary in ONNX Runtime's blocked layout; what has no form of its own there runs as on the standard target. */
function blockedTable(block: BlockSize): LoweringTable<Blocked> {
  return {
    ...standardTable,
    Conv: convolution(block),
    ConvGrad: convolutionGradient(block),
    BatchNormInternal: batchNormInternal(block),
    BatchNormalization: batchNormalization(block),
    BatchNormalizationGrad: batchNormalizationGrad(block),
    ConvBatchNorm: convBatchNorm(block),
    ConvBatchNormGrad: convBatchNormGrad(block),
    GramConvBatchNorm: gramConvBatchNorm(block),
    GramConvBatchNormGrad: gramConvBatchNormGrad(block),
    PixelProducts: pixelProducts,
    PictureAffine: pictureAffine,
    GlobalAveragePool: globalAveragePool,
    Expand: expand(block),
    Mul: product(),
    Add: elementwise(null),
    Sub: elementwise(null),
    Sum: elementwise(null),
    Neg: elementwise(null),
    Identity: elementwise(null),
    Relu: elementwise(null),
    HardSwish: elementwise(null),
    HardSigmoid: elementwise(null),
    ReluGrad: elementwise(standardTable.ReluGrad),
    HardSwishGrad: elementwise(standardTable.HardSwishGrad),
    HardSigmoidGrad: elementwise(standardTable.HardSigmoidGrad),
  }
}

/** Passes over training graphs, by name: each makes one operator of several that the layout has a faster way for. */
export const fusions = {
  'gram-batch-norm': fuseGramBatchNorm,
  'conv-batch-norm': fuseConvBatchNorm,
  'split-rows': markSplitRows,
  'pixel-products': fusePixelProducts,
  'picture-affine': fusePictureAffine,
} as const

/** Passes over lowered graphs, by name. */
export const lateFusions = { addends: fuseAddends, 'equal-nodes': mergeEqualNodes } as const

export type FusionName = keyof typeof fusions | keyof typeof lateFusions

/**
 * x64 processors: pictures in ONNX Runtime's own blocked layout, whose kernels take weights as ordinary inputs.
 *
 * @param without fusions to leave out, for measuring what they give
 */
export function createBlockedTarget(block: BlockSize, without: readonly FusionName[] = []): LoweringTarget<Blocked> {
  const passes = (all: Partial<Record<FusionName, Pass['run']>>): readonly Pass[] =>
    Object.entries(all)
      .filter(([name]) => !without.includes(name as FusionName))
      .map(([name, run]) => ({ name, run }))
  return {
    name: 'blocked',
    table: blockedTable(block),
    conversions: blockedConversions(block),
    before: passes(fusions),
    after: passes(lateFusions),
  }
}
