import type { GraphBuilder } from '../onnx/builder.js'
import type { Dim, Node, Value } from '../onnx/graph.js'
import type { OpAttributes, OpType } from '../onnx/op-table.js'

/** What a gradient rule sees of one forward node. All members may be taken out of the object. */
export interface RuleContext<Op extends OpType> {
  readonly b: GraphBuilder
  readonly node: Node
  /** The node's attributes, defaults filled in. */
  readonly attributes: OpAttributes<Op>
  /** The attributes that the node itself states, to copy. */
  readonly given: Partial<OpAttributes<Op>>
  /** A forward input. @throws E_OP_UNSUPPORTED where the node leaves it out */
  x(index: number): Value
  /** A forward input, or null where the node leaves it out. */
  optionalX(index: number): Value | null
  /** The numbers that a forward input holds whenever the graph runs; null where that is not known, or where it is trained. */
  known(index: number): readonly Dim[] | null
  /** A forward output. @throws E_OP_UNSUPPORTED where the node does not name it */
  y(index?: number): Value
  /** The gradient of an output. @throws E_OP_UNSUPPORTED where the loss does not depend on it */
  dy(index?: number): Value
  /** Whether the loss depends on that output. */
  hasDy(index: number): boolean
  /** Whether the gradient of that input is wanted: it depends on a parameter. */
  needs(index: number): boolean
  /** Throws E_OP_UNSUPPORTED, naming operator, node and reason. */
  refuse(reason: string): never
}

/**
 * The gradient of an operator: for each input a function that emits its gradient and is called only where that is wanted, or null
 * where nothing flows (indices, shapes, conditions). The gradient has the type and shape of its input.
 */
export type GradientRule<Op extends OpType> = (context: RuleContext<Op>) => readonly ((() => Value) | null)[]

/** An operator through which no gradient flows: what it computes is integer, boolean, or piecewise constant. */
export interface NoGradient {
  readonly kind: 'no gradient'
  readonly reason: string
}

/** An operator that must not lie between a parameter and the loss. */
export interface NotDifferentiable {
  readonly kind: 'not differentiable'
  readonly reason: string
}

export type GradientEntry<Op extends OpType> = GradientRule<Op> | NoGradient | NotDifferentiable

/** One entry for each operator there is. */
export type GradientTable = { readonly [Op in OpType]: GradientEntry<Op> }

/** Nothing flows back through the operator: its inputs get no gradient from it. */
export function noGradient(reason: string): NoGradient {
  return { kind: 'no gradient', reason }
}

/** Differentiation ends with an error where a gradient would have to flow through the operator. */
export function notDifferentiable(reason: string): NotDifferentiable {
  return { kind: 'not differentiable', reason }
}
