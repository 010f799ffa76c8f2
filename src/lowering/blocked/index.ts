import type { LoweringTable } from '../lowering.js'
import { standardTable } from '../standard/index.js'
import type { LoweringTarget } from '../target.js'
import { blockedConversions } from './conversions.js'
import { convolution } from './convolution.js'
import { convolutionGradient } from './convolution-gradient.js'
import { elementwise, product } from './elementwise.js'
import type { Blocked, BlockSize } from './layout.js'
import { batchNormalization, batchNormalizationGrad, batchNormInternal } from './normalization.js'
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

/** x64 processors: pictures in ONNX Runtime's own blocked layout, whose kernels take weights as ordinary inputs. */
export function createBlockedTarget(block: BlockSize): LoweringTarget<Blocked> {
  return { name: 'blocked', table: blockedTable(block), conversions: blockedConversions(block) }
}
