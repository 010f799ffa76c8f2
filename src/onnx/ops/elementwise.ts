import type { DataType } from '../../tensor.js'
import { dataTypeOfNumber } from '../data-types.js'
import { broadcastShapes } from '../dims.js'
import type { Shape, ValueType } from '../graph.js'
import { defineOp, float, type InferenceContext, int, typed } from '../op-definition.js'

type AnyContext = InferenceContext<unknown>

/** The broadcast shape of all inputs that are there. */
export function broadcastInputs(context: AnyContext): Shape {
  const shapes = context.inputs.filter(input => input !== null).map(input => input.shape)
  return broadcastShapes(shapes) ?? context.fail('shapes that broadcast together')
}

/** The element type that the inputs share, from `first` on. */
export function commonType(context: AnyContext, first = 0): DataType {
  const type = context.input(first).type
  context.inputs.forEach((input, index) => {
    if (index >= first && input !== null && input.type !== type)
      context.fail(`element type ${type} for every input`, index)
  })
  return type
}

const sameAsInput = (context: AnyContext): readonly ValueType[] => [
  typed(context.input(0).type, context.input(0).shape),
]
const broadcast = (context: AnyContext): readonly ValueType[] => [typed(commonType(context), broadcastInputs(context))]

function compare(context: AnyContext): readonly ValueType[] {
  commonType(context)
  return [typed('bool', broadcastInputs(context))]
}

const unary = defineOp({ domain: '', inputs: ['X'], outputs: ['Y'], attributes: {}, infer: sameAsInput })
const binary = defineOp({ domain: '', inputs: ['A', 'B'], outputs: ['C'], attributes: {}, infer: broadcast })
const comparison = defineOp({ domain: '', inputs: ['A', 'B'], outputs: ['C'], attributes: {}, infer: compare })
const variadic = defineOp({ domain: '', inputs: ['data...'], outputs: ['result'], attributes: {}, infer: broadcast })

/** Operators that work element by element, broadcasting their inputs. */
export const elementwiseOps = {
  Identity: unary,
  Neg: unary,
  Abs: unary,
  Sign: unary,
  Floor: unary,
  Ceil: unary,
  Round: unary,
  Reciprocal: unary,
  Sqrt: unary,
  Exp: unary,
  Log: unary,
  Erf: unary,
  Sin: unary,
  Cos: unary,
  Tanh: unary,
  Sigmoid: unary,
  Relu: unary,
  HardSwish: unary,
  Softplus: unary,
  Not: unary,
  HardSigmoid: defineOp({ ...unary, attributes: { alpha: float(0.2), beta: float(0.5) }, infer: sameAsInput }),
  LeakyRelu: defineOp({ ...unary, attributes: { alpha: float(0.01) }, infer: sameAsInput }),
  Clip: defineOp({
    domain: '',
    inputs: ['input', 'min?', 'max?'],
    outputs: ['output'],
    attributes: {},
    infer: context => {
      commonType(context)
      return sameAsInput(context)
    },
  }),
  Cast: defineOp({
    domain: '',
    inputs: ['input'],
    outputs: ['output'],
    attributes: { to: int(1) },
    infer: context => {
      const type = dataTypeOfNumber(context.attributes.to) ?? context.fail('a known element type for "to"')
      return [typed(type, context.input(0).shape)]
    },
  }),
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  Pow: defineOp({ ...binary, infer: context => [typed(context.input(0).type, broadcastInputs(context))] }),
  And: binary,
  Or: binary,
  Equal: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Max: variadic,
  Min: variadic,
  Sum: variadic,
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
