import { addDims, divideDims } from '../dims.js'
import type { Dim, Shape } from '../graph.js'
import {
  defineOp,
  type InferenceContext,
  int,
  knownDims,
  knownNumbers,
  requiredInt,
  resolveAxes,
  resolveAxis,
  string,
  typed,
} from '../op-definition.js'
import { commonType } from './elementwise.js'

function concatShape(context: InferenceContext<{ axis: number }>): Shape {
  const first = context.input(0).shape
  const axis = resolveAxis(context, context.attributes.axis, first.length)
  const along = context.inputs.map((_, index) => {
    const { shape } = context.input(index)
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

/** Exporters write "to the end" as the largest int32 or int64. */
const toTheEnd = 2 ** 31 - 1

function sliceShape(context: InferenceContext<unknown>): Shape {
  const shape = [...context.input(0).shape]
  const starts = knownNumbers(context, 1)
  const [ends, axes, steps] = ['ends', 'axes', 'steps'].map((what, i) => {
    const numbers = context.inputs[i + 2] ? knownNumbers(context, i + 2) : starts.map((_, axis) => (i === 1 ? axis : 1))
    return numbers.length === starts.length ? numbers : context.fail(`as many ${what} as starts`, i + 2)
  })
  if (steps!.includes(0)) context.fail('steps that are not 0', 4)
  resolveAxes(context, axes!, shape.length).forEach((axis, i) => {
    shape[axis] = slicedDim(context, shape[axis]!, starts[i]!, ends![i]!, steps![i]!)
  })
  return shape
}

/**
 * Start and end are clamped to the axis as ONNX does, which leaves `ceil((end - start) / step)` elements. A symbolic size is at least 1: all of
 * it or its first element can be taken.
 */
function slicedDim(context: InferenceContext<unknown>, dim: Dim, start: number, end: number, step: number): Dim {
  if (typeof dim === 'string') {
    if (start === 0 && step === 1 && end >= toTheEnd) return dim
    if (start === 0 && step === 1 && end === 1) return 1
    return context.fail(`an axis of known size to slice, not ${dim}`, 0)
  }
  const clamp = (index: number, low: number, high: number): number =>
    Math.min(Math.max(index < 0 ? index + dim : index, low), high)
  const length =
    step > 0 ? clamp(end, 0, dim) - clamp(start, 0, dim) : clamp(end, -1, dim - 1) - clamp(start, 0, dim - 1)
  return Math.max(0, Math.ceil(length / step))
}

const padModes = ['constant', 'reflect', 'edge']

/** Operators that cut tensors, join them and put a border around them. */
export const slicingOps = {
  Concat: defineOp({
    domain: '',
    inputs: ['inputs...'],
    outputs: ['concat_result'],
    attributes: { axis: requiredInt },
    infer: context => [typed(commonType(context), concatShape(context))],
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
    domain: '',
    inputs: ['data', 'starts', 'ends', 'axes?', 'steps?'],
    outputs: ['output'],
    attributes: {},
    infer: context => [typed(context.input(0).type, sliceShape(context))],
  }),
  Pad: defineOp({
    domain: '',
    inputs: ['data', 'pads', 'constant_value?'],
    outputs: ['output'],
    attributes: { mode: string('constant') },
    infer: context => {
      const { type, shape } = context.input(0)
      const { mode } = context.attributes
      if (!padModes.includes(mode)) context.fail(`mode constant, reflect or edge, not "${mode}"`)
      const pads = knownNumbers(context, 1)
      if (pads.length !== 2 * shape.length) context.fail(`${2 * shape.length} pads`, 1)
      const padded = shape.map((dim, axis) => addDims([dim, pads[axis]! + pads[axis + shape.length]!]))
      return [typed(type, padded)]
    },
  }),
}
