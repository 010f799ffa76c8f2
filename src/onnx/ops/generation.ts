import { elementCount } from '../../tensor.js'
import { windowDim } from '../dims.js'
import type { ValueType } from '../graph.js'
import {
  type AttributesOf,
  defineOp,
  type InferenceContext,
  int,
  knownDims,
  optionalFloat,
  optionalFloats,
  optionalInt,
  optionalInts,
  optionalTensor,
  typed,
} from '../op-definition.js'

const constantAttributes = {
  value: optionalTensor,
  value_float: optionalFloat,
  value_floats: optionalFloats,
  value_int: optionalInt,
  value_ints: optionalInts,
}

function constantType(context: InferenceContext<AttributesOf<typeof constantAttributes>>): ValueType {
  const given = Object.entries(context.attributes).filter(([, value]) => value !== undefined)
  if (given.length !== 1) return context.fail(`one of the attributes ${Object.keys(constantAttributes).join(', ')}`)
  const { value, value_floats, value_int, value_ints } = context.attributes
  if (value) return typed(value.type, value.dims)
  const list = value_floats ?? value_ints
  return typed(value_int !== undefined || value_ints ? 'int64' : 'float32', list ? [list.length] : [])
}

/** Operators whose output holds no element of an input: constants, and what is known of shapes. */
export const generationOps = {
  Shape: defineOp({
    domain: '',
    inputs: ['data'],
    outputs: ['shape'],
    attributes: { start: int(0), end: optionalInt },
    infer: context => {
      const { start, end } = context.attributes
      return [typed('int64', [context.input(0).shape.slice(start, end).length])]
    },
  }),
  Size: defineOp({
    domain: '',
    inputs: ['data'],
    outputs: ['size'],
    attributes: {},
    infer: () => [typed('int64', [])],
  }),
  Range: defineOp({
    domain: '',
    inputs: ['start', 'limit', 'delta'],
    outputs: ['output'],
    attributes: {},
    infer: context => {
      const [start, limit, delta] = [0, 1, 2].map(i => knownDims(context, i)[0]!)
      if (typeof start !== 'number' || typeof delta !== 'number')
        return context.fail('plain numbers for start and delta')
      if (delta === 0) context.fail('a delta that is not 0', 2)
      if (typeof limit === 'number')
        return [typed(context.input(0).type, [Math.max(0, Math.ceil((limit - start) / delta))])]
      if (delta < 0) return context.fail('a limit that is known where the delta is negative', 1)
      return [typed(context.input(0).type, [windowDim(limit!, -start - 1, delta)])]
    },
  }),
  Constant: defineOp({
    domain: '',
    inputs: [],
    outputs: ['output'],
    attributes: constantAttributes,
    infer: context => [constantType(context)],
  }),
  ConstantOfShape: defineOp({
    domain: '',
    inputs: ['input'],
    outputs: ['output'],
    attributes: { value: optionalTensor },
    infer: context => {
      const { value } = context.attributes
      if (value && elementCount(value.dims) !== 1) context.fail('one element in "value"')
      return [typed(value?.type ?? 'float32', knownDims(context, 0))]
    },
  }),
}
