import { expected } from '../errors.js'
import type { Tensor } from '../tensor.js'
import { onnxTypeNumbers } from './data-types.js'
import {
  type AttributeValue,
  type FunctionDefinition,
  type Graph,
  irVersion,
  type Node,
  type OpsetImports,
  onnxOpset,
  type ValueType,
} from './graph.js'
import type { AttributeKind } from './op-definition.js'
import { findOp } from './op-table.js'
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  create,
  type FunctionProto,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type TypeProto,
  TypeProtoSchema,
  toBinary,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './proto.js'

/** The bytes of an `.onnx` file. Equal graphs give equal bytes. Only files up to protobuf's 2 GB. */
export function serializeModel(graph: Graph): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    producerName: 'piece-locator',
    opsetImport: opsetImports(graph.opsets),
    metadataProps: Object.entries(graph.metadata).map(([key, value]) => ({ key, value })),
    functions: graph.functions.map(functionProto),
    graph: create(GraphProtoSchema, {
      name: graph.name,
      node: graph.nodes.map(nodeProto),
      initializer: [...graph.initializers].map(([name, value]) => tensorProto(value, name)),
      input: graph.inputs.map(input => valueInfo(input.name, input)),
      output: graph.outputs.map(output => valueInfo(output.name, output)),
      valueInfo: declaredValues(graph),
    }),
  })
  return toBinary(ModelProtoSchema, model)
}

function opsetImports(opsets: OpsetImports): { domain: string; version: bigint }[] {
  return Object.entries(opsets).map(([domain, version]) => ({ domain, version: BigInt(version) }))
}

function nodeProto(node: Node): NodeProto {
  return create(NodeProtoSchema, {
    name: node.name,
    opType: node.opType,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(node, name, value)),
  })
}

/** A function as a model carries it. */
export function functionProto(fn: FunctionDefinition): FunctionProto {
  return create(FunctionProtoSchema, {
    name: fn.name,
    domain: fn.domain,
    input: [...fn.inputs],
    output: [...fn.outputs],
    attribute: [...fn.attributes],
    node: fn.nodes.map(nodeProto),
    opsetImport: opsetImports({ '': onnxOpset }),
  })
}

const attributeTypes = {
  int: AttributeProto_AttributeType.INT,
  float: AttributeProto_AttributeType.FLOAT,
  string: AttributeProto_AttributeType.STRING,
  ints: AttributeProto_AttributeType.INTS,
  floats: AttributeProto_AttributeType.FLOATS,
  strings: AttributeProto_AttributeType.STRINGS,
  tensor: AttributeProto_AttributeType.TENSOR,
} as const satisfies Record<AttributeKind, AttributeProto_AttributeType>

function attributeProto(node: Node, name: string, value: AttributeValue): AttributeProto {
  const kind = findOp(node.domain, node.opType)?.attributes[name]?.kind
  if (!kind) throw expected('E_OP_UNSUPPORTED', `an attribute of ${node.opType}`, `node "${node.name}"`, name)
  const proto = create(AttributeProtoSchema, { name, type: attributeTypes[kind] })
  if (typeof value === 'object' && 'reference' in value) proto.refAttrName = value.reference
  else if (kind === 'int') proto.i = BigInt(value as number)
  else if (kind === 'float') proto.f = value as number
  else if (kind === 'string') proto.s = utf8(value as string)
  else if (kind === 'ints') proto.ints = (value as readonly number[]).map(BigInt)
  else if (kind === 'floats') proto.floats = [...(value as readonly number[])]
  else if (kind === 'strings') proto.strings = (value as readonly string[]).map(utf8)
  else proto.t = tensorProto(value as Tensor)
  return proto
}

function tensorProto(value: Tensor, name = ''): TensorProto {
  const { buffer, byteOffset, byteLength } = value.data
  return create(TensorProtoSchema, {
    name,
    dims: value.dims.map(BigInt),
    dataType: onnxTypeNumbers[value.type],
    rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  })
}

function valueInfo(name: string, value: ValueType): ValueInfoProto {
  return create(ValueInfoProtoSchema, { name, type: typeProto(value) })
}

function typeProto(value: ValueType): TypeProto {
  if (value.sequence) {
    const elemType = create(TypeProtoSchema, {
      value: { case: 'tensorType', value: { elemType: onnxTypeNumbers[value.type] } },
    })
    return create(TypeProtoSchema, { value: { case: 'sequenceType', value: { elemType } } })
  }
  const dim = value.shape.map(dim => ({
    value:
      typeof dim === 'number'
        ? { case: 'dimValue' as const, value: BigInt(dim) }
        : { case: 'dimParam' as const, value: dim },
  }))
  return create(TypeProtoSchema, {
    value: { case: 'tensorType', value: { elemType: onnxTypeNumbers[value.type], shape: { dim } } },
  })
}

/** Pool gradients cannot tell the size of their output: their types are written out. */
function declaredValues(graph: Graph): ValueInfoProto[] {
  const nodes = graph.nodes.filter(node => findOp(node.domain, node.opType)?.declaresOutput)
  const outputs = new Set(graph.outputs.map(output => output.name))
  return nodes.flatMap(node =>
    node.outputs.filter(name => !outputs.has(name)).map(name => valueInfo(name, graph.values.get(name)!)),
  )
}

/** Strings are bytes in attributes; this host-neutral layer has no TextEncoder. */
function utf8(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(encodeURIComponent(text).match(/%..|./g) ?? [], part =>
    part.length === 1 ? part.charCodeAt(0) : Number.parseInt(part.slice(1), 16),
  )
}
