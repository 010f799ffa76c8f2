import type { Dim, Shape } from '../graph.js'
import { defineOp, type InferenceContext, int, optionalInts, resolveAxes, typed } from '../op-definition.js'

/** The shape that is left when `axes` (all, where null) are reduced. */
function reducedShape(
  context: Pick<InferenceContext<unknown>, 'fail'>,
  shape: Shape,
  axes: readonly number[] | null,
  keepdims: boolean,
): Shape {
  const reduced = new Set(resolveAxes(context, axes ?? shape.map((_, axis) => axis), shape.length))
  const kept: Dim[] = []
  shape.forEach((dim, axis) => {
    if (!reduced.has(axis)) kept.push(dim)
    else if (keepdims) kept.push(1)
  })
  return kept
}

/** At opset 17 all reductions but ReduceSum take their axes as an attribute; an empty list means every axis. */
const reduceByAttribute = defineOp({
  domain: '',
  inputs: ['data'],
  outputs: ['reduced'],
  attributes: { axes: optionalInts, keepdims: int(1) },
  infer: context => {
    const { type, shape } = context.input(0)
    const { axes, keepdims } = context.attributes
    return [typed(type, reducedShape(context, shape, axes?.length ? axes : null, keepdims !== 0))]
  },
})

/** An axes input that is left out or empty means every axis, or none with `noop_with_empty_axes`. */
function axesInput(context: InferenceContext<{ noop_with_empty_axes: number }>): readonly number[] | null {
  if (!context.inputs[1]) return context.attributes.noop_with_empty_axes ? [] : null
  const axes = context.known(1)
  if (axes?.every(axis => typeof axis === 'number')) {
    return axes.length === 0 && !context.attributes.noop_with_empty_axes ? null : (axes as number[])
  }
  return context.fail('axes that are known when the graph is built', 1)
}

const argReduce = defineOp({
  domain: '',
  inputs: ['data'],
  outputs: ['reduced'],
  attributes: { axis: int(0), keepdims: int(1), select_last_index: int(0) },
  infer: context => {
    const { axis, keepdims } = context.attributes
    return [typed('int64', reducedShape(context, context.input(0).shape, [axis], keepdims !== 0))]
  },
})

/** Operators that fold axes away. */
export const reductionOps = {
  ReduceSum: defineOp({
    domain: '',
    inputs: ['data', 'axes?'],
    outputs: ['reduced'],
    attributes: { keepdims: int(1), noop_with_empty_axes: int(0) },
    infer: context => {
      const { type, shape } = context.input(0)
      return [typed(type, reducedShape(context, shape, axesInput(context), context.attributes.keepdims !== 0))]
    },
  }),
  ReduceMean: reduceByAttribute,
  ReduceMax: reduceByAttribute,
  ReduceMin: reduceByAttribute,
  ReduceL2: reduceByAttribute,
  ReduceSumSquare: reduceByAttribute,
  ArgMax: argReduce,
  ArgMin: argReduce,
}
