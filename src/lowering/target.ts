import type { GraphBuilder } from '../onnx/builder.js'
import type { Value, ValueType } from '../onnx/graph.js'
import type { LoweringTable } from './lowering.js'

/** Emits the change of a value from one form to another; `plain` is the type that the value has in plain form. */
export type Conversion = (b: GraphBuilder, value: Value, plain: ValueType) => Value

/** What a lowering is for: one stock runtime's way to run the training vocabulary. */
export interface LoweringTarget<Extra extends string = never> {
  readonly name: 'standard' | 'blocked'
  readonly table: LoweringTable<Extra>
  /** For each form beside `plain`: the way in and the way out. */
  readonly conversions: { readonly [F in Extra]: { readonly fromPlain: Conversion; readonly toPlain: Conversion } }
}
