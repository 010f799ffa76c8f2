import { expected } from '../errors.js'
import type { GraphBuilder } from '../onnx/builder.js'
import type { Graph, Node, Value } from '../onnx/graph.js'
import { findOp, type OpAttributes, type OpType, opKey, resolveAttributes } from '../onnx/op-table.js'
import { prune } from '../onnx/prune.js'
import { type RewriteContext, rewrite } from '../onnx/rewrite.js'
import { type Form, type Lowering, type LoweringContext, plain } from './lowering.js'
import type { LoweringTarget, Pass } from './target.js'

/**
 * Turns a training graph into one that a stock runtime runs: every operator of the training vocabulary, model-local functions
 * included, becomes what the target's table says. Inputs and outputs keep names, types and plain form; what leads to no output
 * is left out.
 *
 * @throws E_OP_UNSUPPORTED for an operator, or a use of one, that the target has no answer to
 * @throws E_SHAPE where an entry needs a size that is still symbolic
 */
export function lower<Extra extends string>(graph: Graph, target: LoweringTarget<Extra>): Graph {
  const source = prune(runPasses(prune(graph), target.before))
  const used = new Set([...source.nodes.flatMap(node => node.inputs), ...source.outputs.map(output => output.name)])
  const forms = new Forms(target)
  const lowered = rewrite(source, {
    node: rewriting => lowerNode(rewriting, target, forms, used),
    output: (b, value, original) => forms.convert(b, value, original, 'plain'),
  })
  return prune(runPasses(prune(lowered), target.after))
}

function runPasses(graph: Graph, passes: readonly Pass[] = []): Graph {
  return passes.reduce((current, pass) => pass.run(current), graph)
}

function lowerNode<Extra extends string>(
  rewriting: RewriteContext,
  target: LoweringTarget<Extra>,
  forms: Forms<Extra>,
  used: ReadonlySet<string>,
): readonly (Value | null)[] {
  const { b, node } = rewriting
  const context = createContext(rewriting, forms, used)
  const op = opKey(node.domain, node.opType)
  const entry = op && target.table[op]
  if (!entry) return context.copied().map(output => output?.value ?? null)
  // The table pairs each operator with a lowering of its own type; the compiler cannot follow that through a lookup by name.
  const lowering = entry as unknown as Lowering<OpType, Extra>
  const outputs = b.scope(node.name === '' ? node.opType : node.name, () => lowering(context))
  return outputs.map(output => output && forms.record(output.value, output.form))
}

function createContext<Extra extends string>(
  { b, node, inputs, original }: RewriteContext,
  forms: Forms<Extra>,
  used: ReadonlySet<string>,
): LoweringContext<OpType, Extra> {
  const missing = (what: string): never => {
    throw expected('E_SHAPE', what, `lowering ${node.opType} node "${node.name}"`, null)
  }
  const given = (index: number): Value => inputs[index] ?? missing(`input ${index}`)
  const typeOf = (name: string | undefined): Value => original(name ?? '') ?? missing('a value of known type')
  const input = (index: number, form: Form<Extra> = 'plain'): Value =>
    forms.convert(b, given(index), typeOf(node.inputs[index]), form)
  return {
    b,
    node,
    attributes: attributesOf(node),
    has: index => Boolean(inputs[index]),
    input,
    isIn: (index, form) => forms.of(given(index)) === form,
    shape: index => typeOf(node.inputs[index]).shape,
    outputShape: index => typeOf(node.outputs[index]).shape,
    wanted: index => Boolean(node.outputs[index]) && used.has(node.outputs[index]!),
    copied: () => {
      const plainInputs = inputs.map((value, index) => value && input(index))
      return plain(...b.addNode({ ...node, inputs: plainInputs, declared: node.outputs.map(original) }))
    },
    unsupported: (what, received) => {
      throw expected('E_OP_UNSUPPORTED', what, `lowering ${node.opType} node "${node.name}"`, received)
    },
  }
}

function attributesOf(node: Node): OpAttributes<OpType> {
  const definition = findOp(node.domain, node.opType)
  return (definition ? resolveAttributes(definition, node.attributes) : node.attributes) as OpAttributes<OpType>
}

/** Which form each value of the lowered graph is in, and the conversions made so far: each at most once. */
class Forms<Extra extends string> {
  private readonly forms = new Map<string, Form<Extra>>()
  private readonly converted = new Map<string, Value>()

  constructor(private readonly target: LoweringTarget<Extra>) {}

  of(value: Value): Form<Extra> {
    return this.forms.get(value.name) ?? 'plain'
  }

  record(value: Value, form: Form<Extra>): Value {
    this.forms.set(value.name, form)
    return value
  }

  convert(b: GraphBuilder, value: Value, original: Value, form: Form<Extra>): Value {
    const from = this.of(value)
    if (from === form) return value
    const key = `${form} ${value.name}`
    const stored = this.converted.get(key)
    if (stored) return stored
    const inPlain = from === 'plain' ? value : this.target.conversions[from].toPlain(b, value, original)
    const result = form === 'plain' ? inPlain : this.target.conversions[form].fromPlain(b, inPlain, original)
    this.converted.set(key, result)
    return this.record(result, form)
  }
}
