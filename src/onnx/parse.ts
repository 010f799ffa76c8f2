import { expected, LocatorError } from '../errors.js'
import { GraphBuilder } from './builder.js'
import { dimOfName } from './dim-text.js'
import {
  type Attributes,
  type Dim,
  formatType,
  type Graph,
  localDomain,
  type Node,
  type Value,
  type ValueType,
} from './graph.js'
import { localFunctions } from './local-functions.js'
import { parseAttribute } from './parse-attribute.js'
import { elementType, parseTensor, sizeOf } from './parse-tensor.js'
import {
  type FunctionProto,
  FunctionProtoSchema,
  fromBinary,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  toBinary,
  type ValueInfoProto,
} from './proto.js'
import { functionProto } from './serialize.js'

/** Operator sets that this package reads: between them, the operators of the table did not change. */
const readableOpsets = { oldest: 13, newest: 17 }

/**
 * Reads an `.onnx` file: every name, type and shape is checked and inferred again on the way.
 *
 * @param where what the bytes are, for errors: usually the file's name
 * @throws E_MODEL where the bytes are no model of a version that this package reads, or the model contradicts itself
 * @throws E_OP_UNSUPPORTED where it holds an operator, an attribute or a function that this package does not know
 */
export function parseModel(bytes: Uint8Array, where: string): Graph {
  const model = decode(bytes, where)
  try {
    checkVersion(model)
    return buildGraph(model)
  } catch (cause) {
    if (!(cause instanceof LocatorError)) throw expected('E_MODEL', 'a consistent model', where, cause, { cause })
    const code = cause.code === 'E_OP_UNSUPPORTED' ? cause.code : 'E_MODEL'
    throw new LocatorError(code, cause.message.replace(/\.$/, ` (in ${where}).`), { cause })
  }
}

function decode(bytes: Uint8Array, where: string): ModelProto & { graph: GraphProto } {
  let model: ModelProto
  try {
    model = fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    throw expected('E_MODEL', 'an ONNX model', where, `${bytes.length} bytes that are none`, { cause })
  }
  if (!model.graph) throw expected('E_MODEL', 'an ONNX model with a graph', where, undefined)
  return model as ModelProto & { graph: GraphProto }
}

function checkVersion({ opsetImport, functions }: ModelProto): void {
  const { oldest, newest } = readableOpsets
  const version = Number(opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0)
  if (version < oldest || version > newest)
    throw expected('E_MODEL', `operator set ${oldest} to ${newest}`, 'a model', version)
  for (const fn of functions) {
    if (!isOwnFunction(fn))
      throw expected('E_OP_UNSUPPORTED', "this package's own functions", 'a model', `${fn.domain}.${fn.name}`)
  }
}

/** The bodies of functions are not read: they must be those that this package writes. */
function isOwnFunction(fn: FunctionProto): boolean {
  const own = fn.domain === localDomain && Object.hasOwn(localFunctions, fn.name) ? localFunctions[fn.name] : undefined
  if (!own) return false
  const [theirs, ours] = [toBinary(FunctionProtoSchema, fn), toBinary(FunctionProtoSchema, functionProto(own))]
  return theirs.length === ours.length && theirs.every((byte, i) => byte === ours[i])
}

function buildGraph({ graph, metadataProps }: ModelProto & { graph: GraphProto }): Graph {
  const b = new GraphBuilder(graph.name)
  const initialized = new Set(graph.initializer.map(({ name }) => name))
  for (const input of graph.input) {
    if (initialized.has(input.name)) continue
    const { type, shape, sequence } = typeOf(input)
    b.input(input.name, type, shape, sequence)
  }
  for (const initializer of graph.initializer) b.initializer(initializer.name, parseTensor(initializer))
  const declared = new Map(
    [...graph.valueInfo, ...graph.output]
      .filter(hasShape)
      .map(value => [value.name, { ...typeOf(value), name: value.name }]),
  )
  for (const proto of graph.node) {
    for (const value of b.copyNode(parseNode(proto), { values: declared })) checkDeclared(value, declared)
  }
  for (const { name } of graph.output) {
    checkDeclared(b.value(name), declared)
    b.output(b.value(name))
  }
  return b.build(Object.fromEntries(metadataProps.map(({ key, value }) => [key, value])))
}

/** A declared type must not contradict the inferred one; tools name symbols and leave sizes out as they like. */
function checkDeclared(value: Value | null, declared: ReadonlyMap<string, Value>): void {
  const other = value && declared.get(value.name)
  if (!other) return
  const fits =
    other.type === value.type &&
    other.shape.length === value.shape.length &&
    other.shape.every(
      (dim, axis) => typeof dim === 'string' || typeof value.shape[axis] === 'string' || dim === value.shape[axis],
    )
  if (!fits)
    throw expected('E_MODEL', formatType(value), `the declared type of value "${value.name}"`, formatType(other))
}

function parseNode(proto: NodeProto): Node {
  return {
    name: proto.name,
    opType: proto.opType,
    domain: proto.domain === 'ai.onnx' ? '' : proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes: Object.fromEntries(
      proto.attribute.map(attribute => [attribute.name, parseAttribute(proto, attribute)]),
    ) as Attributes,
  }
}

function hasShape(value: ValueInfoProto): boolean {
  return value.type?.value.case === 'tensorType' && value.type.value.value.shape !== undefined
}

function typeOf({ name, type: proto }: ValueInfoProto): ValueType {
  const where = `value "${name}"`
  const type = proto?.value
  if (type?.case === 'sequenceType') {
    const element = type.value.elemType?.value
    const number = element?.case === 'tensorType' ? element.value.elemType : 0
    return { type: elementType(number, where), shape: [], sequence: true }
  }
  if (type?.case !== 'tensorType' || !type.value.shape)
    throw expected('E_MODEL', 'a tensor of known rank', where, type?.case)
  const shape = type.value.shape.dim.map(({ value: dim }, axis): Dim => {
    if (dim.case === 'dimValue') return sizeOf(dim.value, where)
    return dimOfName((dim.case === 'dimParam' && dim.value) || `${name}.dim${axis}`)
  })
  return { type: elementType(type.value.elemType, where), shape }
}
