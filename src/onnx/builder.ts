import { expected, LocatorError } from '../errors.js'
import { type DataType, type Tensor, tensor } from '../tensor.js'
import { checkAttributes } from './attributes.js'
import { ConstantPool, constantName } from './constant-pool.js'
import { type Dim, formatType, type Graph, type Node, type Shape, type Value } from './graph.js'
import { functionsOf, opsetsOf } from './imports.js'
import { inferOutputs, outputName } from './infer.js'
import { NameAuthority } from './names.js'
import type { EmitOptions, NodeRequest } from './node-request.js'
import type { OpDefinition } from './op-definition.js'
import { findOp, type OpAttributes, type OpType, opName, opTable, resolveAttributes } from './op-table.js'
import { evaluateShapeData, type KnownValues, knownOfTensor } from './shape-data.js'

/**
 * Builds a graph node by node. Every value's type and shape is known when it is emitted, symbolic dimensions included; names
 * depend on nothing but the order of the calls.
 */
export class GraphBuilder {
  private readonly valueNames = new NameAuthority()
  private readonly nodeNames = new NameAuthority()
  private readonly inputs: Value[] = []
  private readonly outputs: Value[] = []
  private readonly initializers = new Map<string, Tensor>()
  private readonly nodes: Node[] = []
  private readonly values = new Map<string, Value>()
  private readonly known = new Map<string, KnownValues>()
  private readonly constants = new ConstantPool()
  private readonly scopes: string[] = []

  constructor(private readonly graphName: string) {}

  /** Continues a finished graph: its inputs, initializers and nodes, but none of its outputs. */
  static from(graph: Graph): GraphBuilder {
    const builder = new GraphBuilder(graph.name)
    for (const input of graph.inputs) builder.input(input.name, input.type, input.shape, input.sequence)
    for (const [name, value] of graph.initializers) builder.initializer(name, value)
    for (const node of graph.nodes) builder.copyNode(node, graph)
    return builder
  }

  /** Declares a graph input. @throws E_SHAPE where the name is taken */
  input(name: string, type: DataType, shape: Shape, sequence?: true): Value {
    this.claimValue(name)
    const value = this.insertValue({ name, type, shape, ...(sequence ? { sequence } : {}) })
    this.inputs.push(value)
    return value
  }

  /** Adds a named constant tensor. @throws E_SHAPE where the name is taken */
  initializer(name: string, value: Tensor): Value {
    this.claimValue(name)
    const constant = this.insertInitializer(name, value)
    // A constant that an earlier pass has added is found again.
    if (name.startsWith(`${value.type}[`)) this.constants.add(constant, value)
    return constant
  }

  /** An unnamed constant; equal ones are stored once. */
  constant(value: Tensor): Value {
    const stored = this.constants.find(value)
    if (stored) return stored
    const constant = this.insertInitializer(this.valueNames.unique(constantName(value)), value)
    this.constants.add(constant, value)
    return constant
  }

  /** A scalar constant. */
  scalar(value: number, type: 'float32' | 'int64' = 'float32'): Value {
    return this.constant(
      type === 'int64' ? tensor(type, [], BigInt64Array.of(BigInt(value))) : tensor(type, [], Float32Array.of(value)),
    )
  }

  /** A one-dimensional int64 constant: axes, shapes, pads. */
  ints(values: readonly number[]): Value {
    return this.constant(tensor('int64', [values.length], BigInt64Array.from(values, BigInt)))
  }

  /** Emits an operator and returns its first output. */
  emit<Op extends OpType>(
    op: Op,
    inputs: readonly (Value | null)[],
    attributes: Partial<OpAttributes<Op>> = {},
    options: EmitOptions = {},
  ): Value {
    return this.emitAll(op, inputs, attributes, 1, options)[0]!
  }

  /** Emits an operator and returns its first `count` outputs; null stands for one that `options.outputs` leaves out. */
  emitAll<Op extends OpType>(
    op: Op,
    inputs: readonly (Value | null)[],
    attributes: Partial<OpAttributes<Op>>,
    count: number,
    options: EmitOptions = {},
  ): readonly (Value | null)[] {
    const definition = opTable[op] as unknown as OpDefinition
    const name = this.nodeNames.unique(this.scoped(options.name ?? opName(op)))
    const outputs = Array.from({ length: count }, (_, i) => {
      const given = options.outputs?.[i]
      if (given === undefined) return this.valueNames.unique(`${name}.${outputName(definition, i)}`)
      if (given !== '') this.claimValue(given)
      return given
    })
    return this.insertNode(
      {
        opType: opName(op),
        domain: definition.domain,
        name,
        inputs,
        outputs,
        attributes: attributes as NodeRequest['attributes'],
        declared: options.declared,
      },
      definition,
    )
  }

  /**
   * Adds a node with its own names, as rewriting passes copy them. Returns one value per output; null for `''`.
   *
   * @throws E_OP_UNSUPPORTED where the operator is not in the table
   */
  addNode(request: NodeRequest): readonly (Value | null)[] {
    const { opType, domain, name } = request
    const definition = findOp(domain, opType)
    if (!definition) throw unknownOperator(domain, opType, name)
    for (const output of request.outputs) if (output !== '') this.claimValue(output)
    return this.insertNode({ ...request, name: this.nodeNames.unique(name === '' ? opType : name) }, definition)
  }

  /** Adds a node of another graph, whose inputs are here under the same names. @throws E_SHAPE where one is not */
  copyNode(node: Node, { values }: Pick<Graph, 'values'>): readonly (Value | null)[] {
    const inputs = node.inputs.map(name => (name === '' ? null : this.value(name)))
    return this.addNode({ ...node, inputs, declared: node.outputs.map(name => values.get(name) ?? null) })
  }

  /** Declares a graph output; under another name than the value's own where `name` is given. */
  output(value: Value, name = value.name): Value {
    const output =
      name === value.name
        ? value
        : this.addNode({ opType: 'Identity', domain: '', name, inputs: [value], outputs: [name], attributes: {} })[0]!
    if (this.outputs.some(other => other.name === output.name))
      throw expected('E_SHAPE', 'each output once', `graph "${this.graphName}"`, output.name)
    this.outputs.push(output)
    return output
  }

  /** Names emitted inside start with `name/`. */
  scope<T>(name: string, body: () => T): T {
    this.scopes.push(name)
    try {
      return body()
    } finally {
      this.scopes.pop()
    }
  }

  /** The value of that name. @throws E_SHAPE where there is none */
  value(name: string): Value {
    const value = this.values.get(name)
    if (!value) throw expected('E_SHAPE', 'a value that was emitted before', `graph "${this.graphName}"`, name)
    return value
  }

  /** The numbers or symbols that a small integer value is known to hold, or null. */
  knownValues(value: Value): readonly Dim[] | null {
    return this.known.get(value.name) ?? null
  }

  /** The finished graph; the builder may go on afterwards. */
  build(metadata: Readonly<Record<string, string>> = {}): Graph {
    return {
      name: this.graphName,
      inputs: [...this.inputs],
      outputs: [...this.outputs],
      initializers: new Map(this.initializers),
      nodes: [...this.nodes],
      functions: functionsOf(this.nodes),
      opsets: opsetsOf(this.nodes),
      values: new Map(this.values),
      metadata,
    }
  }

  private scoped(name: string): string {
    return [...this.scopes, name].join('/')
  }

  private insertNode(request: NodeRequest, definition: OpDefinition): readonly (Value | null)[] {
    const { opType, domain, name, inputs, outputs, declared = [] } = request
    for (const input of inputs) if (input) this.checkKnownValue(input, opType, name)
    const given = checkAttributes(definition, request, request.attributes)
    const attributes = resolveAttributes(definition, given)
    const known = inputs.map(input => (input ? (this.known.get(input.name) ?? null) : null))
    const types = inferOutputs({
      opType,
      nodeName: name,
      definition,
      attributes,
      inputs,
      known,
      outputs,
      declared,
    })
    this.nodes.push({
      name,
      opType,
      domain,
      inputs: trimTrailing(inputs.map(input => input?.name ?? '')),
      outputs: [...outputs],
      attributes: given,
    })
    const values = outputs.map((output, i) => (output === '' ? null : this.insertValue({ ...types[i]!, name: output })))
    const shapeData = evaluateShapeData({ opType, attributes, inputs, known })
    // Elements of a matrix would come out of order in a Concat along its second axis.
    if (shapeData && values[0] && values[0].shape.length <= 1) this.known.set(values[0].name, shapeData)
    return values
  }

  private insertInitializer(name: string, value: Tensor): Value {
    this.initializers.set(name, value)
    const known = knownOfTensor(value)
    if (known) this.known.set(name, known)
    return this.insertValue({ name, type: value.type, shape: value.dims })
  }

  private insertValue(value: Value): Value {
    this.values.set(value.name, value)
    return value
  }

  private claimValue(name: string): void {
    if (name === '' || !this.valueNames.claim(name))
      throw expected('E_SHAPE', 'a new name', `a value of graph "${this.graphName}"`, name)
  }

  private checkKnownValue(input: Value, opType: string, nodeName: string): void {
    const own = this.values.get(input.name)
    if (own && formatType(own) === formatType(input)) return
    throw new LocatorError(
      'E_SHAPE',
      `Expected a value of graph "${this.graphName}" for ${opType} node "${nodeName}" but received "${input.name}", ${formatType(input)}.`,
    )
  }
}

function trimTrailing(names: readonly string[]): readonly string[] {
  let length = names.length
  while (length > 0 && names[length - 1] === '') length--
  return names.slice(0, length)
}

function unknownOperator(domain: string, opType: string, name: string): LocatorError {
  const qualified = domain === '' ? opType : `${domain}.${opType}`
  return expected('E_OP_UNSUPPORTED', 'an operator that this package knows', `node "${name}"`, qualified)
}
