import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import type { OpAttributes, OpType } from '../../onnx/op-table.js'

/** Emits an operator with those of its outputs that are wanted; null stands for the others, which the node leaves out. */
export function emitWanted<Op extends OpType>(
  b: GraphBuilder,
  op: Op,
  inputs: readonly (Value | null)[],
  attributes: Partial<OpAttributes<Op>>,
  wanted: readonly boolean[],
): readonly (Value | null)[] {
  const outputs = wanted.map(yes => (yes ? undefined : ''))
  return b.emitAll(op, inputs, attributes, wanted.lastIndexOf(true) + 1, { outputs })
}
