import { expected, LocatorError } from '../errors.js'
import type { GraphBuilder } from '../onnx/builder.js'
import { sameShape } from '../onnx/dims.js'
import { formatType, type Node, type Value } from '../onnx/graph.js'
import { formalName } from '../onnx/infer.js'
import type { OpDefinition } from '../onnx/op-definition.js'
import { findOp, type OpType, opKey } from '../onnx/op-table.js'
import { scalarLike } from './constants.js'
import { dependents, isFloat } from './reach.js'
import type { GradientEntry, GradientRule, GradientTable } from './rule.js'
import { createRuleContext, refusal } from './rule-context.js'
import { gradientRules } from './rules/index.js'

/**
 * Appends the backward pass of everything that `b` holds: reverse mode, one rule per node. Only nodes between the named values and
 * the loss are differentiated; what is not named is constant and costs nothing.
 *
 * @param loss a scalar of floating point
 * @param wrt names of floating-point values: graph inputs, initializers, or results of nodes
 * @param rules the gradient of each operator
 * @returns the gradient of the loss for each name, in the order of `wrt`; each is the output of a node of its own
 * @throws E_CONFIG where the loss does not depend on one of them, E_OP_UNSUPPORTED where an operator in between has no gradient
 */
export function appendGradients(
  b: GraphBuilder,
  loss: Value,
  wrt: readonly string[],
  rules: GradientTable = gradientRules,
): ReadonlyMap<string, Value> {
  return backpropagate(b, loss, wrt, rules).ofNamed
}

/** The gradients of the values that were asked for, and of all values that they passed. */
export interface Backpropagation {
  readonly ofNamed: ReadonlyMap<string, Value>
  /** In the order in which they were computed, the loss's first. */
  readonly ofAll: ReadonlyMap<string, Value>
}

/** {@link appendGradients}, telling the gradients of the values in between too. */
export function backpropagate(
  b: GraphBuilder,
  loss: Value,
  wrt: readonly string[],
  rules: GradientTable,
): Backpropagation {
  checkLoss(loss)
  for (const name of wrt) checkDifferentiable(b.value(name))
  const forward = b.build()
  const needed = dependents(forward, wrt, rules)
  const gradients = new GradientSums(b)
  gradients.add(loss, scalarLike(b, 1, loss))
  for (const node of [...forward.nodes].reverse()) {
    const needs = (input: number): boolean => needed.has(node.inputs[input] ?? '')
    const entry = rules[opKey(node.domain, node.opType)!]
    if (node.inputs.some((_, i) => needs(i))) differentiateNode(b, node, entry, needs, gradients)
  }
  const totals = wrt.map(name => gradients.total(name) ?? missing(b, loss, name))
  const { initializers } = b.build()
  const taken = new Set([...forward.values.keys(), ...initializers.keys()])
  const ofNamed = new Map<string, Value>()
  wrt.forEach((name, i) => {
    const gradient = totals[i]!
    ofNamed.set(
      name,
      taken.has(gradient.name) ? b.emit('Identity', [gradient], {}, { name: `${name}_grad` }) : gradient,
    )
    taken.add(gradient.name)
  })
  return { ofNamed, ofAll: gradients.totals }
}

/** Gradients as they come in, summed when they are first asked for: by then every user of the value was visited. */
class GradientSums {
  readonly totals = new Map<string, Value>()
  private readonly contributions = new Map<string, Value[]>()

  constructor(private readonly b: GraphBuilder) {}

  add(value: Value, gradient: Value): void {
    const list = this.contributions.get(value.name)
    if (list) list.push(gradient)
    else this.contributions.set(value.name, [gradient])
  }

  total(name: string): Value | null {
    const summed = this.totals.get(name)
    if (summed) return summed
    const list = this.contributions.get(name)
    if (!list) return null
    const total = list.length === 1 ? list[0]! : this.b.emit('Sum', list, {}, { name: `AccumulateGrad_${name}_grad` })
    this.totals.set(name, total)
    return total
  }
}

function differentiateNode(
  b: GraphBuilder,
  node: Node,
  entry: GradientEntry<OpType>,
  needs: (input: number) => boolean,
  gradients: GradientSums,
): void {
  const definition = findOp(node.domain, node.opType)!
  const ofOutputs = node.outputs.map(name => (name === '' ? null : gradients.total(name)))
  if (ofOutputs.every(gradient => gradient === null)) return
  if (typeof entry !== 'function') throw refusal(node, entry.reason)
  b.scope(`${node.name}_grad`, () => {
    const { context, taken } = createRuleContext({ b, node, definition, gradientOf: i => ofOutputs[i] ?? null, needs })
    // The table pairs each operator with its own rule, which the type of a looked-up entry cannot say.
    const rule = (entry as GradientRule<OpType>)(context)
    const emitters = node.inputs.map((_, i) => (needs(i) ? rule[i] : null))
    emitters.forEach((emit, i) => {
      if (!emit) return
      const input = context.x(i)
      const gradient = emit()
      checkGradient(gradient, input, node, formalName(definition, i))
      gradients.add(input, gradient)
    })
    const ignored = ofOutputs.findIndex((gradient, i) => gradient !== null && !taken.has(i))
    if (ignored >= 0 && emitters.some(emit => emit))
      throw refusal(node, `the loss depends on its output ${outputName(definition, ignored)}`)
  })
}

function outputName(definition: OpDefinition, index: number): string {
  return definition.outputs[index]?.replace('?', '') ?? String(index)
}

function checkLoss(loss: Value): void {
  if (isFloat(loss.type) && loss.shape.length === 0) return
  throw expected('E_SHAPE', 'a float32 or float64 scalar', `the loss "${loss.name}"`, formatType(loss))
}

function checkDifferentiable(value: Value): void {
  if (isFloat(value.type)) return
  throw expected('E_CONFIG', 'a float32 or float64 value to differentiate by', `"${value.name}"`, formatType(value))
}

function missing(b: GraphBuilder, loss: Value, name: string): never {
  throw new LocatorError(
    'E_CONFIG',
    `Expected a loss that depends on every parameter for the gradient of "${loss.name}" but received one that does not depend on "${name}", ${formatType(b.value(name))}.`,
    { hint: `freeze "${name}", or remove it` },
  )
}

function checkGradient(gradient: Value, input: Value, node: Node, formal: string): void {
  if (gradient.type === input.type && sameShape(gradient.shape, input.shape)) return
  throw expected(
    'E_SHAPE',
    formatType(input),
    `the gradient of input ${formal} of ${node.opType} node "${node.name}"`,
    formatType(gradient),
  )
}
