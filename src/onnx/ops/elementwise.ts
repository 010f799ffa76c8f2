import type { DataType } from '../../tensor.js'
import { dataTypeOfNumber } from '../data-types.js'
import { broadcastShapes } from '../dims.js'
import type { Shape, ValueType } from '../graph.js'
import { defineOp, float, type InferenceContext, requiredInt, typed } from '../op-definition.js'

type AnyContext = InferenceContext<unknown>

/** The element types that an operator takes, by the word for them in errors. */
const elementTypes = {
  anything: () => true,
  numbers: (type: DataType) => type !== 'bool',
  floats: (type: DataType) => type.startsWith('float'),
  'element type bool': (type: DataType) => type === 'bool',
} as const

type ElementTypes = keyof typeof elementTypes

/** The element type that the inputs share, from `first` on. */
export function commonType(context: AnyContext, first = 0, allowed: ElementTypes = 'anything'): DataType {
  const type = context.input(first).type
  if (!elementTypes[allowed](type)) context.fail(allowed, first)
  context.inputs.forEach((input, index) => {
    if (index >= first && input !== null && input.type !== type)
      context.fail(`element type ${type} for every input`, index)
  })
  return type
}

/** The broadcast shape of all inputs that are there. */
function broadcastInputs(context: AnyContext): Shape {
  const shapes = context.inputs.filter(input => input !== null).map(input => input.shape)
  return broadcastShapes(shapes) ?? context.fail('shapes that broadcast together')
}

/** The rule of operators that keep the type and shape of their first input. */
function keep(allowed: ElementTypes): (context: AnyContext) => readonly ValueType[] {
  return context => [typed(commonType(context, 0, allowed), context.input(0).shape)]
}

/** The rule of operators whose inputs broadcast; `result` is the output's element type where it is not theirs. */
function broadcast(allowed: ElementTypes, result?: DataType): (context: AnyContext) => readonly ValueType[] {
  return context => {
    const type = commonType(context, 0, allowed)
    return [typed(result ?? type, broadcastInputs(context))]
  }
}

const unary = (allowed: ElementTypes) =>
  defineOp({ domain: '', inputs: ['X'], outputs: ['Y'], attributes: {}, infer: keep(allowed) })
const binary = (allowed: ElementTypes, result?: DataType) =>
  defineOp({ domain: '', inputs: ['A', 'B'], outputs: ['C'], attributes: {}, infer: broadcast(allowed, result) })
const variadic = (allowed: ElementTypes) =>
  defineOp({ domain: '', inputs: ['data...'], outputs: ['result'], attributes: {}, infer: broadcast(allowed) })

const ofFloats = unary('floats')
const ofNumbers = unary('numbers')
const arithmetic = binary('numbers')
const comparison = binary('numbers', 'bool')
const logical = binary('element type bool')

/** Operators that work element by element, broadcasting their inputs. */
export const elementwiseOps = {
  Identity: unary('anything'),
  Neg: ofNumbers,
  Abs: ofNumbers,
  Sign: ofNumbers,
  Floor: ofFloats,
  Ceil: ofFloats,
  Round: ofFloats,
  Reciprocal: ofFloats,
  Sqrt: ofFloats,
  Exp: ofFloats,
  Log: ofFloats,
  Erf: ofNumbers,
  Sin: ofFloats,
  Cos: ofFloats,
  Tanh: ofFloats,
  Sigmoid: ofFloats,
  Relu: ofNumbers,
  HardSwish: ofFloats,
  Softplus: ofFloats,
  Not: unary('element type bool'),
  HardSigmoid: defineOp({ ...ofFloats, attributes: { alpha: float(0.2), beta: float(0.5) }, infer: keep('floats') }),
  LeakyRelu: defineOp({ ...ofFloats, attributes: { alpha: float(0.01) }, infer: keep('floats') }),
  Clip: defineOp({
    domain: '',
    inputs: ['input', 'min?', 'max?'],
    outputs: ['output'],
    attributes: {},
    infer: context => {
      for (const index of [1, 2]) {
        if (context.inputs[index]?.shape.some((dim, axis) => dim !== 1 || axis > 0)) context.fail('a scalar', index)
      }
      return keep('numbers')(context)
    },
  }),
  Cast: defineOp({
    domain: '',
    inputs: ['input'],
    outputs: ['output'],
    attributes: { to: requiredInt },
    infer: context => {
      const type = dataTypeOfNumber(context.attributes.to) ?? context.fail('a known element type for "to"')
      return [typed(type, context.input(0).shape)]
    },
  }),
  Add: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  Pow: defineOp({ ...arithmetic, infer: context => [typed(context.input(0).type, broadcastInputs(context))] }),
  And: logical,
  Or: logical,
  Equal: binary('anything', 'bool'),
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Max: variadic('numbers'),
  Min: variadic('numbers'),
  Sum: variadic('floats'),
  Where: defineOp({
    domain: '',
    inputs: ['condition', 'X', 'Y'],
    outputs: ['output'],
    attributes: {},
    infer: context => {
      if (context.input(0).type !== 'bool') context.fail('element type bool', 0)
      return [typed(commonType(context, 1), broadcastInputs(context))]
    },
  }),
}
