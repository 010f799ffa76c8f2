import { activationCases } from './operator-cases/activation.js'
import type { OperatorCase } from './operator-cases/case.js'
import { convolutionCases } from './operator-cases/convolution.js'
import { lossGradientCases } from './operator-cases/loss.js'
import { movementCases } from './operator-cases/movement.js'
import { normalizationCases } from './operator-cases/normalization.js'
import { poolingCases } from './operator-cases/pooling.js'

export { buildCase, type OperatorCase } from './operator-cases/case.js'

/** Uses of every operator that the official runtime has a kernel for: what the fixtures hold and the lowerings are held to. */
export const operatorCases: readonly OperatorCase[] = [
  ...convolutionCases,
  ...normalizationCases,
  ...activationCases,
  ...lossGradientCases,
  ...poolingCases,
  ...movementCases,
]
