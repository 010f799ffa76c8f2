import type { GradientSpec } from '../../support/gradient-spec.js'
import { convolutionSpecs } from './convolution.js'
import { elementwiseSpecs } from './elementwise.js'
import { matMulSpecs } from './matmul.js'
import { movementSpecs } from './movement.js'
import { networkSpecs } from './network.js'
import { reductionSpecs } from './reduction.js'
import { resizeSpecs } from './resize.js'

/** Uses of every operator that has a gradient, in every shape that matters, by family. */
export const specFamilies: Readonly<Record<string, readonly GradientSpec[]>> = {
  elementwise: elementwiseSpecs,
  matmul: matMulSpecs,
  convolution: convolutionSpecs,
  reduction: reductionSpecs,
  movement: movementSpecs,
  network: networkSpecs,
  resize: resizeSpecs,
}

export const allSpecs: readonly GradientSpec[] = Object.values(specFamilies).flat()
