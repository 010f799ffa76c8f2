import { expected } from '../errors.js'
import { shortestFloat32 } from './float32.js'
import type { AttributeValue } from './graph.js'
import { parseTensor } from './parse-tensor.js'
import { type AttributeProto, AttributeProto_AttributeType, type NodeProto } from './proto.js'

/**
 * Reads an attribute of a node.
 *
 * @throws E_OP_UNSUPPORTED for one that is a graph or refers to a function's attribute
 * @throws E_MODEL for a text that is no UTF-8, and where {@link parseTensor} does
 */
export function parseAttribute(node: NodeProto, attribute: AttributeProto): AttributeValue {
  const where = `attribute "${attribute.name}" of ${node.opType} node "${node.name}"`
  const text = (bytes: Uint8Array): string => decodeText(bytes, where)
  if (attribute.refAttrName === '') {
    switch (attribute.type) {
      case AttributeProto_AttributeType.INT:
        return safeNumber(attribute.i)
      case AttributeProto_AttributeType.FLOAT:
        return shortestFloat32(attribute.f)
      case AttributeProto_AttributeType.STRING:
        return text(attribute.s)
      case AttributeProto_AttributeType.INTS:
        return attribute.ints.map(safeNumber)
      case AttributeProto_AttributeType.FLOATS:
        return attribute.floats.map(shortestFloat32)
      case AttributeProto_AttributeType.STRINGS:
        return attribute.strings.map(text)
      case AttributeProto_AttributeType.TENSOR:
        if (attribute.t) return parseTensor(attribute.t)
    }
  }
  throw expected('E_OP_UNSUPPORTED', 'a number, text, list or tensor', where, 'a graph, a reference or another kind')
}

/** ONNX writes "to the end" as the largest int64; every index above 2^53 means the same. */
function safeNumber(value: bigint): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)))
}

/** Attributes hold texts as bytes; this host-neutral layer has no TextDecoder. */
function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return decodeURIComponent(Array.from(bytes, byte => `%${byte.toString(16).padStart(2, '0')}`).join(''))
  } catch (cause) {
    throw expected('E_MODEL', 'a text in UTF-8', where, `${bytes.length} bytes`, { cause })
  }
}
