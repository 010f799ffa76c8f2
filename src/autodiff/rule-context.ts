import { LocatorError } from '../errors.js'
import type { GraphBuilder } from '../onnx/builder.js'
import type { Node, Value } from '../onnx/graph.js'
import { formalName } from '../onnx/infer.js'
import type { OpDefinition } from '../onnx/op-definition.js'
import { type OpAttributes, type OpType, resolveAttributes } from '../onnx/op-table.js'
import type { RuleContext } from './rule.js'

/** What the engine knows when it asks a rule. */
export interface RuleRequest {
  readonly b: GraphBuilder
  readonly node: Node
  readonly definition: OpDefinition
  /** The gradient of an output, or null where the loss does not depend on it. */
  readonly gradientOf: (output: number) => Value | null
  /** Whether an input depends on a parameter. */
  readonly needs: (input: number) => boolean
}

/** The context of a rule, and which outputs' gradients the rule has taken so far. */
export function createRuleContext(request: RuleRequest): { context: RuleContext<OpType>; taken: ReadonlySet<number> } {
  const { b, node, definition, gradientOf, needs } = request
  const taken = new Set<number>()
  const refuse = (reason: string): never => {
    throw refusal(node, reason)
  }
  const named = (names: readonly string[], index: number): Value | null => (names[index] ? b.value(names[index]) : null)
  const context: RuleContext<OpType> = {
    b,
    node,
    attributes: resolveAttributes(definition, node.attributes) as OpAttributes<OpType>,
    given: node.attributes as Partial<OpAttributes<OpType>>,
    x: index => named(node.inputs, index) ?? refuse(`it leaves out input ${formalName(definition, index)}`),
    optionalX: index => named(node.inputs, index),
    known: index => {
      const value = needs(index) ? null : named(node.inputs, index)
      return value && b.knownValues(value)
    },
    y: (index = 0) =>
      named(node.outputs, index) ?? refuse(`its gradient needs output ${definition.outputs[index]?.replace('?', '')}`),
    dy: (index = 0) => {
      taken.add(index)
      return gradientOf(index) ?? refuse(`the loss does not depend on its output ${index}`)
    },
    hasDy: index => gradientOf(index) !== null,
    needs,
    refuse,
  }
  return { context, taken }
}

/** The error for a node that a gradient cannot flow through. */
export function refusal(node: Node, reason: string): LocatorError {
  return new LocatorError(
    'E_OP_UNSUPPORTED',
    `Expected an operator with a gradient for node "${node.name}" but received ${node.opType}: ${reason}.`,
  )
}
