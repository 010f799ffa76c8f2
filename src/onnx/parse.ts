import { describe, expected, LocatorError } from '../errors.js'
import { arrayType, bytesPerElement, createArray, elementCount, type Tensor, tensor } from '../tensor.js'
import { GraphBuilder } from './builder.js'
import { dataTypeOfNumber } from './data-types.js'
import type { Attributes, AttributeValue, Dim, Graph, Node, ValueType } from './graph.js'
import { localDomain } from './graph.js'
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  fromBinary,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  type ValueInfoProto,
} from './proto.js'

/** Operator sets that this package reads: between them, the operators of the table did not change. */
const readableOpsets = { oldest: 13, newest: 17 }

/**
 * Reads an `.onnx` file: every name, type and shape is checked and inferred again on the way.
 *
 * @param where what the bytes are, for errors: usually the file's name
 * @throws E_MODEL where the bytes are no model of a version that this package reads, or the model contradicts itself
 * @throws E_OP_UNSUPPORTED where it holds an operator that is not in the table
 */
export function parseModel(bytes: Uint8Array, where: string): Graph {
  const model = decode(bytes, where)
  try {
    checkOpsets(model)
    return buildGraph(model)
  } catch (error) {
    if (error instanceof LocatorError && error.code !== 'E_SHAPE') throw error
    throw expected('E_MODEL', 'a consistent ONNX model', where, reasonOf(error), { cause: error })
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

function checkOpsets(model: ModelProto): void {
  const version = Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0)
  if (version < readableOpsets.oldest || version > readableOpsets.newest) {
    throw expected('E_MODEL', `operator set ${readableOpsets.oldest} to ${readableOpsets.newest}`, 'a model', version)
  }
  const foreign = model.functions.find(fn => fn.domain !== localDomain)
  if (foreign)
    throw expected('E_OP_UNSUPPORTED', 'no function of another domain', 'a model', `${foreign.domain}.${foreign.name}`)
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
    [...graph.valueInfo, ...graph.output].filter(hasShape).map(value => [value.name, typeOf(value)]),
  )
  for (const proto of graph.node) {
    const node = parseNode(proto)
    const inputs = node.inputs.map(name => (name === '' ? null : b.value(name)))
    b.addNode({ ...node, inputs, declared: node.outputs.map(name => declared.get(name) ?? null) })
  }
  for (const output of graph.output) b.output(b.value(output.name))
  return b.build(Object.fromEntries(metadataProps.map(({ key, value }) => [key, value])))
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

function parseAttribute(node: NodeProto, attribute: AttributeProto): AttributeValue {
  switch (attribute.type) {
    case AttributeProto_AttributeType.INT:
      return safeNumber(attribute.i)
    case AttributeProto_AttributeType.FLOAT:
      return attribute.f
    case AttributeProto_AttributeType.STRING:
      return decodeText(attribute.s)
    case AttributeProto_AttributeType.INTS:
      return attribute.ints.map(safeNumber)
    case AttributeProto_AttributeType.FLOATS:
      return attribute.floats
    case AttributeProto_AttributeType.STRINGS:
      return attribute.strings.map(decodeText)
    case AttributeProto_AttributeType.TENSOR:
      return parseTensor(attribute.t!)
    default:
      throw expected(
        'E_OP_UNSUPPORTED',
        'a number, text, list or tensor',
        `attribute "${attribute.name}" of node "${node.name}" (${node.opType})`,
        'a subgraph or another kind',
      )
  }
}

/** ONNX writes "to the end" as the largest int64, which a number rounds up; every index above 2^53 means the same. */
function safeNumber(value: bigint): number {
  return Number(value)
}

function decodeText(bytes: Uint8Array): string {
  return decodeURIComponent(Array.from(bytes, byte => `%${byte.toString(16).padStart(2, '0')}`).join(''))
}

function parseTensor(proto: TensorProto): Tensor {
  const type = dataTypeOfNumber(proto.dataType)
  if (!type) throw expected('E_MODEL', 'a numeric element type', `tensor "${proto.name}"`, proto.dataType)
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL)
    throw expected('E_MODEL', 'data within the file', `tensor "${proto.name}"`, 'external data')
  const dims = proto.dims.map(Number)
  if (dims.some(dim => dim < 0)) throw expected('E_MODEL', 'dimensions of at least 0', `tensor "${proto.name}"`, dims)
  const count = elementCount(dims)
  if (proto.rawData.length > 0 || count === 0) {
    if (proto.rawData.length !== count * bytesPerElement(type)) {
      throw expected(
        'E_MODEL',
        `${count * bytesPerElement(type)} bytes`,
        `tensor "${proto.name}" of shape [${dims}]`,
        proto.rawData.length,
      )
    }
    // A copy of its own: bytes within the file need not be aligned. (`slice` of a Node Buffer would be no copy.)
    const { buffer } = new Uint8Array(proto.rawData)
    return tensor(type, dims, new (arrayType(type))(buffer) as Tensor['data'])
  }
  return tensor(type, dims, typedFields(proto, type, count))
}

/** Small tensors may be stored in fields by type instead of raw bytes. */
function typedFields(proto: TensorProto, type: Tensor['type'], count: number): Tensor['data'] {
  const field: readonly (number | bigint)[] =
    type === 'float32'
      ? proto.floatData
      : type === 'float64'
        ? proto.doubleData
        : type === 'int64'
          ? proto.int64Data
          : type === 'uint32' || type === 'uint64'
            ? proto.uint64Data
            : proto.int32Data
  if (field.length !== count) throw expected('E_MODEL', `${count} elements`, `tensor "${proto.name}"`, field.length)
  const data = createArray(type, count)
  const big = type === 'int64' || type === 'uint64'
  field.forEach((value, i) => {
    data[i] = big ? BigInt(value) : Number(value)
  })
  return data
}

function hasShape(value: ValueInfoProto): boolean {
  return value.type?.value.case === 'tensorType' && value.type.value.value.shape !== undefined
}

function typeOf(value: ValueInfoProto): ValueType {
  const type = value.type?.value
  if (type?.case === 'sequenceType') {
    const element = type.value.elemType?.value
    return {
      type: elementType(value.name, element?.case === 'tensorType' ? element.value.elemType : 0),
      shape: [],
      sequence: true,
    }
  }
  if (type?.case !== 'tensorType' || !type.value.shape)
    throw expected('E_MODEL', 'a tensor of known rank', `value "${value.name}"`, type?.case)
  const shape = type.value.shape.dim.map(({ value: dim }, axis): Dim => {
    if (dim.case === 'dimValue') return Number(dim.value)
    return dim.case === 'dimParam' && dim.value !== '' ? dim.value : `(${value.name}.${axis})`
  })
  return { type: elementType(value.name, type.value.elemType), shape }
}

function elementType(name: string, number: number): Tensor['type'] {
  const type = dataTypeOfNumber(number)
  if (!type) throw expected('E_MODEL', 'a numeric element type', `value "${name}"`, number)
  return type
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : describe(error)
}
