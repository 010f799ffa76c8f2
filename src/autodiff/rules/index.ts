import type { GradientTable } from '../rule.js'
import { convolutionGradients } from './convolution.js'
import { dropoutGradients } from './dropout.js'
import { elementwiseGradients } from './elementwise.js'
import { lossGradients } from './loss.js'
import { matMulGradients } from './matmul.js'
import { movementGradients } from './movement.js'
import { normalizationGradients } from './normalization.js'
import { poolingGradients } from './pooling.js'
import { reductionGradients } from './reduction.js'
import { resizeGradients } from './resize.js'
import { softmaxGradients } from './softmax.js'
import { trainingGradients } from './training.js'

/** The gradient of every operator there is; one without an entry does not compile. */
export const gradientRules: GradientTable = {
  ...elementwiseGradients,
  ...matMulGradients,
  ...convolutionGradients,
  ...reductionGradients,
  ...movementGradients,
  ...normalizationGradients,
  ...poolingGradients,
  ...resizeGradients,
  ...softmaxGradients,
  ...lossGradients,
  ...dropoutGradients,
  ...trainingGradients,
}
