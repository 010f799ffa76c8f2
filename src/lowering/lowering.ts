import { expected } from '../errors.js'
import type { GraphBuilder } from '../onnx/builder.js'
import { isStatic } from '../onnx/dims.js'
import type { Node, Shape, Value } from '../onnx/graph.js'
import type { FusedOp, OpAttributes, OpType, RuntimeOp, TrainingOp } from '../onnx/op-table.js'

/** How a value is laid out: as the training graph says (`plain`), or in a form of the target's own. */
export type Form<Extra extends string = never> = 'plain' | Extra

/** A value of the lowered graph and the form it is in. */
export interface Lowered<Extra extends string = never> {
  readonly value: Value
  readonly form: Form<Extra>
}

/** One node of the training graph, as the entry that lowers it sees it. */
export interface LoweringContext<Op extends OpType, Extra extends string = never> {
  /** The lowered graph; names are already scoped to the node. */
  readonly b: GraphBuilder
  readonly node: Node
  /** The node's attributes, defaults filled in. */
  readonly attributes: OpAttributes<Op>
  /** Whether the node has an input there. */
  has(index: number): boolean
  /** An input in the asked form, converted where it is in another. @throws E_SHAPE where the node has none there */
  input(index: number, form?: Form<Extra>): Value
  /** Whether an input is in a form already. */
  isIn(index: number, form: Form<Extra>): boolean
  /** The plain shape of an input. */
  shape(index: number): Shape
  /** The plain shape of an output. */
  outputShape(index: number): Shape
  /** Whether anybody reads an output. */
  wanted(index: number): boolean
  /** The node as it is, on plain inputs; only for operators that the runtime has. */
  copied(): readonly (Lowered | null)[]
  /** Refuses the node. @throws E_OP_UNSUPPORTED, naming operator and node */
  unsupported(what: string, received: unknown): never
}

/** Emits what a node becomes; returns its outputs in order, null for those that nobody wants. */
export type Lowering<Op extends OpType, Extra extends string = never> = (
  context: LoweringContext<Op, Extra>,
) => readonly (Lowered<Extra> | null)[]

/**
 * How each operator runs on a target: total over the training vocabulary, where a missing entry is a compile error. Any other
 * operator without an entry is copied.
 *
 * An entry that knows plain values only fits every target's table, so a target falls back on another's by naming its entry.
 */
export type LoweringTable<Extra extends string = never> = {
  readonly [Op in TrainingOp]: Lowering<Op, Extra>
} & { readonly [Op in RuntimeOp | FusedOp]?: Lowering<Op, Extra> }

/** Outputs in plain form. */
export function plain(...values: readonly (Value | null)[]): readonly (Lowered | null)[] {
  return values.map(value => value && { value, form: 'plain' })
}

/** A shape as numbers. @throws E_SHAPE where a dimension is symbolic */
export function staticShape(context: { readonly node: Node }, shape: Shape): readonly number[] {
  if (isStatic(shape)) return shape
  const { opType, name } = context.node
  throw expected('E_SHAPE', 'a shape without symbols', `lowering ${opType} node "${name}"`, `[${shape}]`, {
    hint: 'Specialize the graph to its batch sizes first.',
  })
}
