import type { GraphBuilder } from '../onnx/builder.js'
import type { Graph, Value, ValueType } from '../onnx/graph.js'
import type { LoweringTable } from './lowering.js'

/** Emits the change of a value from one form to another; `plain` is the type that the value has in plain form. */
export type Conversion = (b: GraphBuilder, value: Value, plain: ValueType) => Value

/** A rewriting of whole graphs that keeps what they compute. */
export interface Pass {
  readonly name: string
  readonly run: (graph: Graph) => Graph
}

/** What a lowering is for: one stock runtime's way to run the training vocabulary. */
export interface LoweringTarget<Extra extends string = never> {
  readonly name: 'standard' | 'blocked'
  readonly table: LoweringTable<Extra>
  /** Passes over the training graph before the table is applied, in order. */
  readonly before?: readonly Pass[]
  /** Passes over the lowered graph, in order. */
  readonly after?: readonly Pass[]
  /** For each form beside `plain`: the way in and the way out. */
  readonly conversions: { readonly [F in Extra]: { readonly fromPlain: Conversion; readonly toPlain: Conversion } }
}
