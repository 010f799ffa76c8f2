import { create, type Message, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type TypeProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf'

type GraphInit = Exclude<MessageInitShape<typeof GraphProtoSchema>, Message>
type ModelInit = Exclude<MessageInitShape<typeof ModelProtoSchema>, Message>
type NodeInit = MessageInitShape<typeof NodeProtoSchema>
type AttributeInit = MessageInitShape<typeof AttributeProtoSchema>
export type TensorInit = MessageInitShape<typeof TensorProtoSchema>
type ValueInit = MessageInitShape<typeof ValueInfoProtoSchema>

/** ONNX's numbers of the element types that the tests use. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
} as const

/** The bytes of a model as any tool might write it: nothing is checked. */
export function modelBytes(graph: GraphInit, model: ModelInit = {}): Uint8Array {
  const opsetImport = [{ domain: '', version: 17n }]
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph: { name: 'foreign', ...graph }, ...model }),
  )
}

/** A node; its name is left out as many tools do. */
export function nodeProto(
  opType: string,
  input: string[],
  output: string[],
  attribute: AttributeInit[] = [],
  rest: NodeInit = {},
): NodeInit {
  return { opType, input, output, attribute, ...rest }
}

export const intAttribute = (name: string, value: number | bigint): AttributeInit => ({
  name,
  type: AttributeProto_AttributeType.INT,
  i: BigInt(value),
})

/** A declared tensor; strings are symbolic dimensions, null one that is not told. */
export function valueProto(
  name: string,
  shape: readonly (number | string | null)[],
  elemType: number = elementTypes.float32,
): ValueInit {
  const dim = shape.map(size => {
    if (size === null) return {}
    return typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } }
  })
  return {
    name,
    type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } satisfies MessageInitShape<
      typeof TypeProtoSchema
    >,
  }
}

/** `y = Relu(x)`, changed. */
export function reluModel(graph: GraphInit = {}, model: ModelInit = {}): Uint8Array {
  return modelBytes(
    {
      input: [valueProto('x', [2])],
      output: [valueProto('y', [2])],
      node: [nodeProto('Relu', ['x'], ['y'])],
      ...graph,
    },
    model,
  )
}
