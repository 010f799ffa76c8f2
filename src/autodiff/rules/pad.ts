import type { GraphBuilder } from '../../onnx/builder.js'
import { isStatic } from '../../onnx/dims.js'
import type { Value } from '../../onnx/graph.js'
import type { RuleContext } from '../rule.js'

/**
 * The gradient of Pad. Constant: dy without the border. Edge and reflect copy elements: along each padded axis y = x[indices], so
 * dx = dy summed into those indices.
 */
export function padGradient({ b, attributes: { mode }, x, known, dy, refuse }: RuleContext<'Pad'>): Value {
  // Known in any case: Pad's shape rule asks for them.
  const pads = known(1) as readonly number[]
  if (mode === 'constant') return b.emit('Pad', [dy(), b.ints(pads.map(pad => -pad))])
  const source = sources[mode] ?? refuse(`mode "${mode}" has no gradient`)
  const { shape } = x(0)
  return shape.reduce<Value>((gradient, size, axis) => {
    const [before, after] = [pads[axis]!, pads[axis + shape.length]!]
    if (before === 0 && after === 0) return gradient
    if (typeof size !== 'number') return refuse(`mode "${mode}" along axis ${axis}, whose size is not known`)
    const indices = Array.from({ length: before + size + after }, (_, i) => source(i - before, size))
    const target = shapeWithAxis(b, gradient, axis, size)
    return b.emit('GatherGrad', [target, b.ints(indices), gradient], { axis })
  }, dy())
}

/** Which element of an axis of `size` stands at a position inside or outside of it. */
const sources: Readonly<Record<string, (position: number, size: number) => number>> = {
  edge: (position, size) => Math.min(Math.max(position, 0), size - 1),
  reflect: (position, size) => {
    const period = Math.max(2 * (size - 1), 1)
    const phase = ((position % period) + period) % period
    return Math.min(phase, period - phase)
  },
}

/** The shape of a value with one axis of another size. */
function shapeWithAxis(b: GraphBuilder, value: Value, axis: number, size: number): Value {
  const dims = value.shape.map((dim, i) => (i === axis ? size : dim))
  if (isStatic(dims)) return b.ints(dims)
  const change = value.shape.map((dim, i) => (i === axis ? size - (dim as number) : 0))
  return b.emit('Add', [b.emit('Shape', [value]), b.ints(change)])
}
