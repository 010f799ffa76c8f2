import { expected, LocatorError } from '../errors.js'
import { type DataType, type Tensor, tensor } from '../tensor.js'
import {
  type AttributeReference,
  type Attributes,
  type AttributeValue,
  type Dim,
  formatType,
  type Graph,
  type Node,
  type OpsetImports,
  onnxOpset,
  type Shape,
  type Value,
  type ValueType,
} from './graph.js'
import { inferOutputs } from './infer.js'
import { localFunctions } from './local-functions.js'
import { NameAuthority } from './names.js'
import type { OpDefinition } from './op-definition.js'
import { findOp, type OpAttributes, type OpType, opName, opTable, resolveAttributes } from './op-table.js'
import { evaluateShapeData, type KnownValues, knownOfTensor } from './shape-data.js'

/** An operator call with all its names chosen by the caller. */
export interface NodeRequest {
  readonly opType: string
  readonly domain: string
  readonly name: string
  readonly inputs: readonly (Value | null)[]
  /** `''` for an output that nobody wants. */
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>
  /** Declared types of outputs, for the operators whose inputs do not tell. */
  readonly declared?: readonly (ValueType | null)[]
}

/** What an emission may set beside inputs and attributes. */
export interface EmitOptions {
  /** The name of the node and stem of its outputs' names; by default the operator's, made unique. */
  readonly name?: string
  /** Full names for outputs; `''` for one that is not wanted, undefined for one that is named after the node. */
  readonly outputs?: readonly (string | undefined)[]
  /** Declared types of outputs, for the operators whose inputs do not tell. */
  readonly declared?: readonly (ValueType | null)[]
}

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
  private readonly constants = new Map<string, Value>()
  private readonly scopes: string[] = []

  constructor(private readonly graphName: string) {}

  /** Continues a finished graph: its inputs, initializers and nodes, but none of its outputs. */
  static from(graph: Graph): GraphBuilder {
    const builder = new GraphBuilder(graph.name)
    for (const input of graph.inputs) builder.input(input.name, input.type, input.shape, input.sequence)
    for (const [name, value] of graph.initializers) builder.initializer(name, value)
    for (const node of graph.nodes) {
      const declared = node.outputs.map(name => graph.values.get(name) ?? null)
      builder.addNode({
        ...node,
        inputs: node.inputs.map(name => (name === '' ? null : builder.value(name))),
        declared,
      })
    }
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
    if (name === constantName(value)) this.constants.set(name, constant)
    return constant
  }

  /** An unnamed constant; equal ones are stored once. */
  constant(value: Tensor): Value {
    const key = constantName(value)
    const stored = this.constants.get(key)
    if (stored && sameBytes(this.initializers.get(stored.name)!, value)) return stored
    const constant = this.insertInitializer(this.valueNames.unique(key), value)
    if (!stored) this.constants.set(key, constant)
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
    const domains = new Set(this.nodes.map(node => node.domain))
    const opsets: OpsetImports = Object.fromEntries(
      ['', ...[...domains].filter(domain => domain !== '').sort()].map(domain => [
        domain,
        domain === '' ? onnxOpset : 1,
      ]),
    )
    const functions = Object.values(localFunctions).filter(fn =>
      this.nodes.some(node => node.domain === fn.domain && node.opType === fn.name),
    )
    return {
      name: this.graphName,
      inputs: [...this.inputs],
      outputs: [...this.outputs],
      initializers: new Map(this.initializers),
      nodes: [...this.nodes],
      functions,
      opsets,
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
    const attributes = resolveAttributes(definition, request.attributes)
    const known = inputs.map(input => (input ? (this.known.get(input.name) ?? null) : null))
    const types = inferOutputs({
      opType,
      nodeName: name,
      definition,
      attributes,
      inputs,
      known,
      outputCount: outputs.length,
      declared,
    })
    this.nodes.push({
      name,
      opType,
      domain,
      inputs: trimTrailing(inputs.map(input => input?.name ?? '')),
      outputs: [...outputs],
      attributes: definedAttributes(request.attributes),
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

function outputName(definition: OpDefinition, index: number): string {
  const last = definition.outputs.at(-1)
  if (last?.endsWith('...') && index >= definition.outputs.length - 1)
    return `${last.slice(0, -3)}.${index - definition.outputs.length + 1}`
  return definition.outputs[index]?.replace('?', '') ?? `output.${index}`
}

function trimTrailing(names: readonly string[]): readonly string[] {
  let length = names.length
  while (length > 0 && names[length - 1] === '') length--
  return names.slice(0, length)
}

function definedAttributes(
  attributes: Readonly<Record<string, AttributeValue | AttributeReference | undefined>>,
): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Attributes
}

function unknownOperator(domain: string, opType: string, name: string): LocatorError {
  const qualified = domain === '' ? opType : `${domain}.${opType}`
  return expected('E_OP_UNSUPPORTED', 'an operator that this package knows', `node "${name}"`, qualified)
}

/** A constant's name tells its value where that is short: `int64[2](0,1)`. */
function constantName(value: Tensor): string {
  const content =
    value.data.length <= 8
      ? Array.from(value.data as ArrayLike<number | bigint>, String).join()
      : hashBytes(bytesOf(value))
  return `${value.type}[${value.dims}](${content})`
}

function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function sameBytes(a: Tensor, b: Tensor): boolean {
  const [left, right] = [bytesOf(a), bytesOf(b)]
  return left.length === right.length && left.every((byte, i) => byte === right[i])
}

/** FNV-1a, 32 bits, in hexadecimal: tells constants apart in names. */
function hashBytes(bytes: Uint8Array): string {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}
