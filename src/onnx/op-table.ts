import type { AttributeValue } from './graph.js'
import type { AttributesOf, OpDefinition } from './op-definition.js'
import { blockedDomain, blockedOps } from './ops/blocked.js'
import { elementwiseOps } from './ops/elementwise.js'
import { fusedOps } from './ops/fused.js'
import { generationOps } from './ops/generation.js'
import { indexingOps } from './ops/indexing.js'
import { networkOps } from './ops/network.js'
import { reductionOps } from './ops/reduction.js'
import { reshapingOps } from './ops/reshaping.js'
import { slicingOps } from './ops/slicing.js'
import { contribOps, trainingOps } from './ops/training.js'

const standardOps = {
  ...elementwiseOps,
  ...reductionOps,
  ...reshapingOps,
  ...slicingOps,
  ...indexingOps,
  ...generationOps,
  ...networkOps,
}

/**
 * Every operator that graphs here may hold, by a key that is its name, with `nchwc.` before it in the one domain that shares names with
 * another: see {@link opKey} and {@link opName}.
 */
export const opTable = { ...standardOps, ...contribOps, ...trainingOps, ...blockedOps, ...fusedOps }

/** An operator that stock ONNX Runtime runs. */
export type RuntimeOp = keyof typeof standardOps | keyof typeof contribOps | keyof typeof blockedOps

/** A part of a training graph as one operator, which passes of a lowering make and the same lowering replaces. */
export type FusedOp = keyof typeof fusedOps

/** An operator of the training vocabulary, which a lowering replaces. */
export type TrainingOp = keyof typeof trainingOps

export type OpType = keyof typeof opTable

/** The attributes of an operator, defaults filled in. */
export type OpAttributes<Op extends OpType> =
  (typeof opTable)[Op] extends OpDefinition<infer S> ? AttributesOf<S> : never

/** The key of an operator in the table, or null where it has none of that name in that domain. */
export function opKey(domain: string, opType: string): OpType | null {
  const key = domain === blockedDomain ? `nchwc.${opType}` : opType
  return Object.hasOwn(opTable, key) && opTable[key as OpType].domain === domain ? (key as OpType) : null
}

/** The name of an operator in its domain, as nodes have it. */
export function opName(op: OpType): string {
  return op.slice(op.indexOf('.') + 1)
}

/** The definition of an operator, or null where the table has none of that name in that domain. */
export function findOp(domain: string, opType: string): OpDefinition | null {
  const key = opKey(domain, opType)
  return key && (opTable[key] as unknown as OpDefinition)
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
