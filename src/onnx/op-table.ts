import type { AttributeValue } from './graph.js'
import type { AttributesOf, OpDefinition } from './op-definition.js'
import { elementwiseOps } from './ops/elementwise.js'
import { movementOps } from './ops/movement.js'
import { networkOps } from './ops/network.js'
import { reductionOps } from './ops/reduction.js'
import { contribOps, trainingOps } from './ops/training.js'

const standardOps = { ...elementwiseOps, ...reductionOps, ...movementOps, ...networkOps }

/** Every operator that graphs here may hold, by name. No name occurs in two domains. */
export const opTable = { ...standardOps, ...contribOps, ...trainingOps }

/** An operator that stock ONNX Runtime runs. */
export type StandardOp = keyof typeof standardOps | keyof typeof contribOps

/** An operator of the training vocabulary, which a lowering replaces. */
export type TrainingOp = keyof typeof trainingOps

export type OpType = keyof typeof opTable

/** The attributes of an operator, defaults filled in. */
export type OpAttributes<Op extends OpType> =
  (typeof opTable)[Op] extends OpDefinition<infer S> ? AttributesOf<S> : never

/** The definition of an operator, or null where the table has none of that name in that domain. */
export function findOp(domain: string, opType: string): OpDefinition | null {
  if (!Object.hasOwn(opTable, opType)) return null
  const definition = opTable[opType as OpType] as unknown as OpDefinition
  return definition.domain === domain ? definition : null
}

/** Whether an operator belongs to the training vocabulary. */
export function isTrainingOp(opType: string): opType is TrainingOp {
  return Object.hasOwn(trainingOps, opType)
}

/** A node's attributes with the operator's defaults filled in. */
export function resolveAttributes(
  definition: OpDefinition,
  given: Readonly<Record<string, AttributeValue | undefined>>,
): Record<string, unknown> {
  const resolved: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(definition.attributes)) resolved[name] = given[name] ?? spec.default
  return resolved
}
