import { expected } from '../errors.js'
import type { Attributes, AttributeValue } from './graph.js'
import type { AttributeKind, OpDefinition } from './op-definition.js'

const isList = (value: unknown, isElement: (element: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isElement)
const isNumber = (value: unknown): boolean => typeof value === 'number'
const isString = (value: unknown): boolean => typeof value === 'string'

/** The words for each kind, and whether a value is of it. */
const kinds: Readonly<Record<AttributeKind, readonly [words: string, is: (value: unknown) => boolean]>> = {
  int: ['a whole number', Number.isSafeInteger],
  float: ['a number', isNumber],
  string: ['a text', isString],
  ints: ['whole numbers', value => isList(value, Number.isSafeInteger)],
  floats: ['numbers', value => isList(value, isNumber)],
  strings: ['texts', value => isList(value, isString)],
  tensor: ['a tensor', value => typeof value === 'object' && value !== null && 'dims' in value],
}

/**
 * The attributes that a node gives, without those that are undefined.
 *
 * @throws E_OP_UNSUPPORTED for an attribute that the operator does not have here
 * @throws E_SHAPE for one of another kind than it has, or a missing one
 */
export function checkAttributes(
  definition: OpDefinition,
  where: { readonly opType: string; readonly name: string },
  given: Readonly<Record<string, AttributeValue | undefined>>,
): Attributes {
  const { opType, name } = where
  const checked: Record<string, AttributeValue> = {}
  for (const [attribute, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!Object.hasOwn(definition.attributes, attribute))
      throw expected('E_OP_UNSUPPORTED', `an attribute of ${opType}`, `node "${name}"`, attribute)
    const [words, is] = kinds[definition.attributes[attribute]!.kind]
    if (!is(value)) throw expected('E_SHAPE', words, `attribute "${attribute}" of ${opType} node "${name}"`, value)
    checked[attribute] = value
  }
  for (const [attribute, { required }] of Object.entries(definition.attributes)) {
    if (required && !Object.hasOwn(checked, attribute))
      throw expected('E_SHAPE', `the attribute "${attribute}"`, `${opType} node "${name}"`, undefined)
  }
  return checked
}
