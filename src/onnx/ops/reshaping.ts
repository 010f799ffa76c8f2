import { broadcastShapes, divideDims, multiplyDims } from '../dims.js'
import type { Shape } from '../graph.js'
import {
  defineOp,
  type InferenceContext,
  int,
  knownDims,
  knownNumbers,
  optionalInts,
  resolveAxes,
  typed,
} from '../op-definition.js'

/** 0 copies a size unless `allowzero`; one -1 takes what is left. */
function reshapeShape(context: InferenceContext<{ allowzero: number }>): Shape {
  const from = context.input(0).shape
  const target = knownDims(context, 1).map((dim, axis) =>
    dim === 0 && !context.attributes.allowzero ? (from[axis] ?? context.fail(`an axis ${axis} to copy`, 1)) : dim,
  )
  const total = multiplyDims(from)
  const unfit = (): never => context.fail(`a shape for ${total} elements, not [${target}]`, 1)
  const unknown = target.indexOf(-1)
  if (target.some((dim, axis) => typeof dim === 'number' && dim < 0 && axis !== unknown)) return unfit()
  if (unknown < 0) return multiplyDims(target) === total ? target : unfit()
  const rest = divideDims(total, multiplyDims(target.filter((_, axis) => axis !== unknown))) ?? unfit()
  return target.map((dim, axis) => (axis === unknown ? rest : dim))
}

const withoutAttributes = { domain: '', attributes: {} } as const

/** Operators that give the same elements another shape, or repeat them. */
export const reshapingOps = {
  Reshape: defineOp({
    domain: '',
    inputs: ['data', 'shape'],
    outputs: ['reshaped'],
    attributes: { allowzero: int(0) },
    infer: context => [typed(context.input(0).type, reshapeShape(context))],
  }),
  Flatten: defineOp({
    domain: '',
    inputs: ['input'],
    outputs: ['output'],
    attributes: { axis: int(1) },
    infer: context => {
      const { type, shape } = context.input(0)
      const { axis } = context.attributes
      const { length } = shape
      if (axis < -length || axis > length) context.fail(`an axis within ${-length}..${length}, not ${axis}`)
      return [typed(type, [multiplyDims(shape.slice(0, axis)), multiplyDims(shape.slice(axis))])]
    },
  }),
  Transpose: defineOp({
    domain: '',
    inputs: ['data'],
    outputs: ['transposed'],
    attributes: { perm: optionalInts },
    infer: context => {
      const { type, shape } = context.input(0)
      const perm = context.attributes.perm ?? shape.map((_, axis) => shape.length - 1 - axis)
      if ([...perm].sort((a, b) => a - b).some((axis, i) => axis !== i) || perm.length !== shape.length) {
        context.fail(`a permutation of ${shape.length} axes, not [${perm}]`, 0)
      }
      const permuted = perm.map(axis => shape[axis]!)
      return [typed(type, permuted)]
    },
  }),
  Squeeze: defineOp({
    ...withoutAttributes,
    inputs: ['data', 'axes?'],
    outputs: ['squeezed'],
    infer: context => {
      const { type, shape } = context.input(0)
      const axes = context.inputs[1]
        ? resolveAxes(context, knownNumbers(context, 1), shape.length)
        : shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
      if (axes.some(axis => shape[axis] !== 1)) context.fail(`size 1 on axes [${axes}]`, 0)
      const left = shape.filter((_, axis) => !axes.includes(axis))
      return [typed(type, left)]
    },
  }),
  Unsqueeze: defineOp({
    ...withoutAttributes,
    inputs: ['data', 'axes'],
    outputs: ['expanded'],
    infer: context => {
      const { type, shape } = context.input(0)
      const given = knownNumbers(context, 1)
      const axes = new Set(resolveAxes(context, given, shape.length + given.length))
      const rest = [...shape]
      const expanded = Array.from({ length: shape.length + axes.size }, (_, i) => (axes.has(i) ? 1 : rest.shift()!))
      return [typed(type, expanded)]
    },
  }),
  Expand: defineOp({
    ...withoutAttributes,
    inputs: ['input', 'shape'],
    outputs: ['output'],
    infer: context => {
      const { type, shape } = context.input(0)
      const expanded = broadcastShapes([shape, knownDims(context, 1)])
      return [typed(type, expanded ?? context.fail('shapes that broadcast together'))]
    },
  }),
  Tile: defineOp({
    ...withoutAttributes,
    inputs: ['input', 'repeats'],
    outputs: ['output'],
    infer: context => {
      const { type, shape } = context.input(0)
      const repeats = knownDims(context, 1)
      if (repeats.length !== shape.length) context.fail(`${shape.length} repeats`, 1)
      const tiled = shape.map((dim, axis) => multiplyDims([dim, repeats[axis]!]))
      return [typed(type, tiled)]
    },
  }),
}
