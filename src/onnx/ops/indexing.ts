import { sameShape } from '../dims.js'
import { defineOp, type InferenceContext, int, knownDims, resolveAxis, string, typed } from '../op-definition.js'

/** Refuses indices of another type than int32 and int64. */
export function checkIndices(context: InferenceContext<unknown>, index: number): void {
  if (!['int32', 'int64'].includes(context.input(index).type)) context.fail('whole numbers as indices', index)
}

/** Operators that pick and place elements by indices. */
export const indexingOps = {
  Gather: defineOp({
    domain: '',
    inputs: ['data', 'indices'],
    outputs: ['output'],
    attributes: { axis: int(0) },
    infer: context => {
      const { type, shape } = context.input(0)
      const axis = resolveAxis(context, context.attributes.axis, shape.length)
      checkIndices(context, 1)
      return [typed(type, [...shape.slice(0, axis), ...context.input(1).shape, ...shape.slice(axis + 1)])]
    },
  }),
  ScatterElements: defineOp({
    domain: '',
    inputs: ['data', 'indices', 'updates'],
    outputs: ['output'],
    attributes: { axis: int(0), reduction: string('none') },
    infer: context => {
      const { type, shape } = context.input(0)
      const indices = context.input(1).shape
      checkIndices(context, 1)
      resolveAxis(context, context.attributes.axis, shape.length)
      if (indices.length !== shape.length) context.fail(`indices of ${shape.length} axes`, 1)
      if (!sameShape(context.input(2).shape, indices)) context.fail(`shape [${indices}], that of the indices`, 2)
      return [typed(type, shape)]
    },
  }),
  ScatterND: defineOp({
    domain: '',
    inputs: ['data', 'indices', 'updates'],
    outputs: ['output'],
    attributes: { reduction: string('none') },
    infer: context => {
      const { type, shape } = context.input(0)
      const indices = context.input(1).shape
      checkIndices(context, 1)
      const depth = indices.at(-1)
      if (typeof depth !== 'number' || depth > shape.length) context.fail(`indices of at most ${shape.length} axes`, 1)
      const updates = [...indices.slice(0, -1), ...shape.slice(depth as number)]
      if (!sameShape(context.input(2).shape, updates)) context.fail(`shape [${updates}]`, 2)
      return [typed(type, shape)]
    },
  }),
  OneHot: defineOp({
    domain: '',
    inputs: ['indices', 'depth', 'values'],
    outputs: ['output'],
    attributes: { axis: int(-1) },
    infer: context => {
      const shape = [...context.input(0).shape]
      const [depth] = knownDims(context, 1)
      if (!sameShape(context.input(2).shape, [2])) context.fail('two values, off and on', 2)
      shape.splice(resolveAxis(context, context.attributes.axis, shape.length + 1), 0, depth!)
      return [typed(context.input(2).type, shape)]
    },
  }),
}
