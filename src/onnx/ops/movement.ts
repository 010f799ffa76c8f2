import { elementCount } from '../../tensor.js'
import { addDims, broadcastShapes, divideDims, multiplyDims, windowDim } from '../dims.js'
import type { Dim, Shape } from '../graph.js'
import {
  defineOp,
  type InferenceContext,
  int,
  optionalInt,
  optionalInts,
  optionalTensor,
  resolveAxis,
  string,
  typed,
} from '../op-definition.js'

/** The numbers of an integer input. @throws E_SHAPE where they are not known when the graph is built */
function knownDims(context: InferenceContext<unknown>, index: number): readonly Dim[] {
  return context.known(index) ?? context.fail('numbers that are known when the graph is built', index)
}

function knownNumbers(context: InferenceContext<unknown>, index: number): readonly number[] {
  const dims = knownDims(context, index)
  return dims.every(dim => typeof dim === 'number') ? (dims as number[]) : context.fail('plain numbers', index)
}

function reshapeShape(context: InferenceContext<{ allowzero: number }>): Shape {
  const from = context.input(0).shape
  const target = knownDims(context, 1).map((dim, axis) =>
    dim === 0 && !context.attributes.allowzero ? from[axis]! : dim,
  )
  const unknown = target.indexOf(-1)
  const total = multiplyDims(from)
  if (unknown < 0)
    return multiplyDims(target) === total ? target : context.fail(`${total} elements, not [${target}]`, 1)
  const rest = divideDims(total, multiplyDims(target.filter((_, axis) => axis !== unknown)))
  if (rest === null || target.lastIndexOf(-1) !== unknown)
    return context.fail(`a shape for ${total} elements, not [${target}]`, 1)
  return target.map((dim, axis) => (axis === unknown ? rest : dim))
}

function concatShape(context: InferenceContext<{ axis: number }>): Shape {
  const first = context.input(0).shape
  const axis = resolveAxis(context, context.attributes.axis, first.length)
  const along = context.inputs.map((input, index) => {
    const shape = input?.shape ?? context.fail('a value', index)
    if (shape.length !== first.length || shape.some((dim, i) => i !== axis && dim !== first[i])) {
      context.fail(`shape [${first}] but for axis ${axis}`, index)
    }
    return shape[axis]!
  })
  return first.map((dim, i) => (i === axis ? addDims(along) : dim))
}

/** Sizes of the parts of a Split: given, or equal. */
function splitSizes(context: InferenceContext<{ axis: number }>, axis: number): readonly Dim[] {
  if (context.inputs[1]) return knownDims(context, 1)
  const size = divideDims(context.input(0).shape[axis]!, context.outputCount)
  return Array(context.outputCount).fill(size ?? context.fail(`an axis that ${context.outputCount} parts divide`, 0))
}

/** Starts and ends are clamped to the axis as ONNX does; each axis gets `ceil((end - start) / step)` elements. */
function sliceShape(context: InferenceContext<unknown>): Shape {
  const shape = [...context.input(0).shape]
  const starts = knownNumbers(context, 1)
  const ends = knownNumbers(context, 2)
  const axes = context.inputs[3] ? knownNumbers(context, 3) : starts.map((_, i) => i)
  const steps = context.inputs[4] ? knownNumbers(context, 4) : starts.map(() => 1)
  axes.forEach((given, i) => {
    const axis = resolveAxis(context, given, shape.length)
    shape[axis] = slicedDim(context, shape[axis]!, starts[i]!, ends[i]!, steps[i]!)
  })
  return shape
}

function slicedDim(context: InferenceContext<unknown>, dim: Dim, start: number, end: number, step: number): Dim {
  if (typeof dim === 'string') {
    if (start === 0 && step === 1 && end >= Number.MAX_SAFE_INTEGER) return dim
    return context.fail(`an axis of known size to slice, not ${dim}`, 0)
  }
  const clamp = (index: number, low: number, high: number): number =>
    Math.min(Math.max(index < 0 ? index + dim : index, low), high)
  const length =
    step > 0 ? clamp(end, 0, dim) - clamp(start, 0, dim) : clamp(end, -1, dim - 1) - clamp(start, 0, dim - 1)
  return Math.max(0, Math.ceil(length / step))
}

/** The axes of Squeeze or Unsqueeze, counted from the front of a shape of `rank`. */
function axesOf(context: InferenceContext<unknown>, rank: number): number[] {
  return knownNumbers(context, 1).map(axis => resolveAxis(context, axis, rank))
}

const shapeInput = { domain: '', attributes: {} } as const

/** Operators that move, copy or pick elements without computing with them. */
export const movementOps = {
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
      const axis = context.attributes.axis < 0 ? context.attributes.axis + shape.length : context.attributes.axis
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
      return [
        typed(
          type,
          perm.map(axis => shape[axis]!),
        ),
      ]
    },
  }),
  Concat: defineOp({
    domain: '',
    inputs: ['inputs...'],
    outputs: ['concat_result'],
    attributes: { axis: int(0) },
    infer: context => [typed(context.input(0).type, concatShape(context))],
  }),
  Split: defineOp({
    domain: '',
    inputs: ['input', 'split?'],
    outputs: ['outputs...'],
    attributes: { axis: int(0) },
    infer: context => {
      const { type, shape } = context.input(0)
      const axis = resolveAxis(context, context.attributes.axis, shape.length)
      const sizes = splitSizes(context, axis)
      if (sizes.length !== context.outputCount || addDims(sizes) !== shape[axis]) {
        context.fail(`${context.outputCount} sizes that sum to ${shape[axis]}, not [${sizes}]`, 1)
      }
      return sizes.map(size =>
        typed(
          type,
          shape.map((dim, i) => (i === axis ? size : dim)),
        ),
      )
    },
  }),
  Slice: defineOp({
    ...shapeInput,
    inputs: ['data', 'starts', 'ends', 'axes?', 'steps?'],
    outputs: ['output'],
    infer: context => [typed(context.input(0).type, sliceShape(context))],
  }),
  Pad: defineOp({
    domain: '',
    inputs: ['data', 'pads', 'constant_value?'],
    outputs: ['output'],
    attributes: { mode: string('constant') },
    infer: context => {
      const { type, shape } = context.input(0)
      const pads = knownNumbers(context, 1)
      if (pads.length !== 2 * shape.length) context.fail(`${2 * shape.length} pads`, 1)
      return [
        typed(
          type,
          shape.map((dim, axis) => addDims([dim, pads[axis]! + pads[axis + shape.length]!])),
        ),
      ]
    },
  }),
  Expand: defineOp({
    ...shapeInput,
    inputs: ['input', 'shape'],
    outputs: ['output'],
    infer: context => {
      const { type, shape } = context.input(0)
      return [
        typed(type, broadcastShapes([shape, knownDims(context, 1)]) ?? context.fail('shapes that broadcast together')),
      ]
    },
  }),
  Tile: defineOp({
    ...shapeInput,
    inputs: ['input', 'repeats'],
    outputs: ['output'],
    infer: context => {
      const { type, shape } = context.input(0)
      const repeats = knownDims(context, 1)
      if (repeats.length !== shape.length) context.fail(`${shape.length} repeats`, 1)
      return [
        typed(
          type,
          shape.map((dim, axis) => multiplyDims([dim, repeats[axis]!])),
        ),
      ]
    },
  }),
  Squeeze: defineOp({
    ...shapeInput,
    inputs: ['data', 'axes?'],
    outputs: ['squeezed'],
    infer: context => {
      const { type, shape } = context.input(0)
      const axes = context.inputs[1]
        ? axesOf(context, shape.length)
        : shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
      if (axes.some(axis => shape[axis] !== 1)) context.fail(`size 1 on axes [${axes}]`, 0)
      return [
        typed(
          type,
          shape.filter((_, axis) => !axes.includes(axis)),
        ),
      ]
    },
  }),
  Unsqueeze: defineOp({
    ...shapeInput,
    inputs: ['data', 'axes'],
    outputs: ['expanded'],
    infer: context => {
      const { type, shape } = context.input(0)
      const axes = axesOf(context, shape.length + knownNumbers(context, 1).length)
      const rest = [...shape]
      return [
        typed(
          type,
          Array.from({ length: shape.length + axes.length }, (_, i) => (axes.includes(i) ? 1 : rest.shift()!)),
        ),
      ]
    },
  }),
  Gather: defineOp({
    domain: '',
    inputs: ['data', 'indices'],
    outputs: ['output'],
    attributes: { axis: int(0) },
    infer: context => {
      const { type, shape } = context.input(0)
      const axis = resolveAxis(context, context.attributes.axis, shape.length)
      return [typed(type, [...shape.slice(0, axis), ...context.input(1).shape, ...shape.slice(axis + 1)])]
    },
  }),
  ScatterElements: defineOp({
    domain: '',
    inputs: ['data', 'indices', 'updates'],
    outputs: ['output'],
    attributes: { axis: int(0), reduction: string('none') },
    infer: context => [typed(context.input(0).type, context.input(0).shape)],
  }),
  ScatterND: defineOp({
    domain: '',
    inputs: ['data', 'indices', 'updates'],
    outputs: ['output'],
    attributes: { reduction: string('none') },
    infer: context => [typed(context.input(0).type, context.input(0).shape)],
  }),
  OneHot: defineOp({
    domain: '',
    inputs: ['indices', 'depth', 'values'],
    outputs: ['output'],
    attributes: { axis: int(-1) },
    infer: context => {
      const shape = [...context.input(0).shape]
      const depth = knownDims(context, 1)[0]!
      shape.splice(resolveAxis(context, context.attributes.axis, shape.length + 1), 0, depth)
      return [typed(context.input(2).type, shape)]
    },
  }),
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
  Size: defineOp({ ...shapeInput, inputs: ['data'], outputs: ['size'], infer: () => [typed('int64', [])] }),
  Range: defineOp({
    ...shapeInput,
    inputs: ['start', 'limit', 'delta'],
    outputs: ['output'],
    infer: context => {
      const [start, limit, delta] = [0, 1, 2].map(i => knownDims(context, i)[0]!)
      if (typeof start !== 'number' || typeof delta !== 'number')
        return context.fail('plain numbers for start and delta')
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
    attributes: { value: optionalTensor, value_float: { kind: 'float', default: undefined as number | undefined } },
    infer: context => {
      const { value, value_float } = context.attributes
      if (value) return [typed(value.type, value.dims)]
      return value_float === undefined ? context.fail('the attribute "value" or "value_float"') : [typed('float32', [])]
    },
  }),
  ConstantOfShape: defineOp({
    domain: '',
    inputs: ['input'],
    outputs: ['output'],
    attributes: { value: optionalTensor },
    infer: context => {
      const value = context.attributes.value
      if (value && elementCount(value.dims) !== 1) context.fail('one element in "value"')
      return [typed(value?.type ?? 'float32', knownDims(context, 0))]
    },
  }),
}
