import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import { elementCount } from '../../tensor.js'
import { type Lowering, type LoweringContext, plain, staticShape } from '../lowering.js'

/** dY added up along the axis, where `indices` took from. */
export const gatherGrad: Lowering<'GatherGrad'> = context => {
  const { b, attributes } = context
  const shape = staticShape(context, context.outputShape(0))
  const axis = attributes.axis < 0 ? attributes.axis + shape.length : attributes.axis
  const [before, size, after] = [elementCount(shape.slice(0, axis)), shape[axis]!, elementCount(shape.slice(axis + 1))]
  const count = elementCount(staticShape(context, context.shape(1)))
  const updates = b.emit('Reshape', [context.input(2), b.ints([before, count, after])])
  const indices = b.emit('Reshape', [context.input(1), b.ints([1, count, 1])])
  const spread = b.emit('Expand', [indices, b.ints([before, count, after])])
  const zeros = b.emit('ConstantOfShape', [b.ints([before, size, after])])
  const sums = b.emit('ScatterElements', [zeros, spread, updates], { axis: 1, reduction: 'add' })
  return plain(b.emit('Reshape', [sums, b.ints(shape)]))
}

/** Which positions of one axis a Slice took: `count` of them, from `start` on, `step` apart. */
interface SlicedAxis {
  readonly axis: number
  readonly size: number
  readonly start: number
  readonly step: number
  readonly count: number
}

/** dY laid into zeros: padded where neighbours were taken, else picked position by position. */
export const sliceGrad: Lowering<'SliceGrad'> = context => {
  const { b } = context
  const sliced = slicedAxes(context)
  const rank = context.outputShape(0).length
  const pads = Array<number>(2 * rank).fill(0)
  for (const { axis, size, start, step, count } of sliced) {
    if (step === 1) [pads[axis], pads[axis + rank]] = [start, size - start - count]
  }
  const dy = context.input(0)
  const padded = pads.some(pad => pad > 0) ? b.emit('Pad', [dy, b.ints(pads)]) : dy
  return plain(sliced.filter(({ step }) => step !== 1).reduce((value, axis) => spreadAxis(b, value, axis), padded))
}

/** Appends one zero to the axis and picks it wherever the Slice took nothing. */
function spreadAxis(b: GraphBuilder, value: Value, { axis, size, start, step, count }: SlicedAxis): Value {
  const rank = value.shape.length
  const pads = Array<number>(2 * rank).fill(0)
  pads[rank + axis] = 1
  const sources = Array<number>(size).fill(count)
  for (let i = 0; i < count; i++) sources[start + i * step] = i
  return b.emit('Gather', [b.emit('Pad', [value, b.ints(pads)]), b.ints(sources)], { axis })
}

function slicedAxes(context: LoweringContext<'SliceGrad'>): readonly SlicedAxis[] {
  const numbers = (index: number): readonly number[] =>
    (context.b.knownValues(context.input(index)) ?? context.unsupported('known starts, axes and steps', null)).map(
      Number,
    )
  const starts = numbers(2)
  const axes = context.has(4) ? numbers(4) : starts.map((_, i) => i)
  const steps = context.has(5) ? numbers(5) : starts.map(() => 1)
  const shape = context.outputShape(0)
  return axes.map((given, i) => {
    const axis = given < 0 ? given + shape.length : given
    const size = staticShape(context, [shape[axis]!])[0]!
    const count = staticShape(context, [context.shape(0)[axis]!])[0]!
    return { axis, size, start: firstPosition(starts[i]!, size, steps[i]!), step: steps[i]!, count }
  })
}

/** Where a slice starts: negative positions count from the end, all are clamped to the axis (ONNX Slice). */
function firstPosition(start: number, size: number, step: number): number {
  const position = start < 0 ? start + size : start
  return Math.min(Math.max(position, 0), step > 0 ? size : size - 1)
}

/** X scale, or X / scale with `scale_down`. */
export const scale: Lowering<'Scale'> = context => {
  const { b, attributes } = context
  const x = context.input(0)
  const given = context.input(1)
  const typed = given.type === x.type ? given : b.emit('Cast', [given], { to: 1 })
  const factor = typed.shape.length === 0 ? typed : b.emit('Reshape', [typed, b.ints([])])
  return plain(b.emit(attributes.scale_down ? 'Div' : 'Mul', [x, factor]))
}

/** heightᵀ dY width; the right factor first, which is one product for all channels and leaves less to the left one. */
export const resizeGrad: Lowering<'ResizeGrad'> = context => {
  const { b } = context
  const columns = b.emit('MatMul', [context.input(0), context.input(2)])
  return plain(b.emit('MatMul', [b.emit('Transpose', [context.input(1)], { perm: [1, 0] }), columns]))
}
