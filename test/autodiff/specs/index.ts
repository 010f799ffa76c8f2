import { gradientRules } from '../../../src/autodiff/rules/index.js'
import type { OpType } from '../../../src/onnx/op-table.js'
import { forwardGraph } from '../../support/grad-check.js'
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

/** The operators that a gradient can pass. */
export const operatorsWithRules = (Object.keys(gradientRules) as OpType[]).filter(
  op => typeof gradientRules[op] === 'function',
)

/** A spec that has the operator between its inputs and its result. */
export function specOf(op: OpType): GradientSpec {
  const uses = allSpecs.filter(spec => forwardGraph(spec).nodes.some(node => node.opType === op))
  const spec = uses.find(({ name }) => name.startsWith(op)) ?? uses[0]
  if (!spec) throw new Error(`no spec uses ${op}`)
  return spec
}
