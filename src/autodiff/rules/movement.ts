import type { GraphBuilder } from '../../onnx/builder.js'
import { isStatic } from '../../onnx/dims.js'
import type { Value } from '../../onnx/graph.js'
import { zerosLike } from '../constants.js'
import { once } from '../once.js'
import { type GradientTable, noGradient, notDifferentiable, type RuleContext } from '../rule.js'
import { constantTarget, fromFront, reshapeLike, shapeOf } from '../shapes.js'
import { unbroadcast } from '../unbroadcast.js'
import { padGradient } from './pad.js'

const ofShape = noGradient('its result depends on shapes only')
const scatter = notDifferentiable('scattering has no gradient rule here')

/** Gradients of operators that move elements: each of dy goes back to where it came from, those that were copied are summed. */
export const movementGradients = {
  // The same elements in another shape: dx = dy in the shape of x
  Reshape: ({ b, x, dy }) => [() => reshapeLike(b, dy(), x(0)), null],
  Flatten: ({ b, x, dy }) => [() => reshapeLike(b, dy(), x(0))],
  Squeeze: ({ b, x, optionalX, dy }) => [
    () => {
      const axes = optionalX(1)
      return axes ? b.emit('Unsqueeze', [dy(), axes]) : reshapeLike(b, dy(), x(0))
    },
    null,
  ],
  Unsqueeze: ({ b, x, dy }) => [() => b.emit('Squeeze', [dy(), x(1)]), null],
  // Axes in another order: dx = dy with the inverse order
  Transpose: ({ b, attributes: { perm }, dy }) => [
    () => b.emit('Transpose', [dy()], perm && { perm: perm.map((_, axis) => perm.indexOf(axis)) }),
  ],
  // y = x1, x2, ... one after the other: dx_i = its part of dy
  Concat: context => {
    const parts = once(() => splitLikeInputs(context))
    return context.node.inputs.map((_, i) => () => parts()[i]!)
  },
  // y1, y2, ... = parts of x: dx = dy1, dy2, ... one after the other, zeros for a part that the loss does not depend on
  Split: ({ b, node, attributes: { axis }, y, dy, hasDy }) => [
    () => {
      const parts = node.outputs.map((_, i) => (hasDy(i) ? dy(i) : zerosLike(b, y(i))))
      return b.emit('Concat', parts, { axis })
    },
    null,
  ],
  // y = some of x: dx = zeros but for those, which are dy
  Slice: ({ b, x, optionalX, dy }) => [
    () => b.emit('SliceGrad', [dy(), shapeOf(b, x(0)), x(1), x(2), optionalX(3), optionalX(4)]),
    ...[1, 2, 3, 4].map(() => null),
  ],
  Pad: context => [
    () => padGradient(context),
    null,
    () => context.refuse('the constant that it pads with has no gradient'),
  ],
  // y = x repeated along axes of size 1 and new ones: dx = dy summed over those
  Expand: ({ b, x, dy }) => [() => unbroadcast(b, dy(), x(0)), null],
  // y = x repeated: dx = the sum over the copies
  Tile: context => [() => sumCopies(context), null],
  // y = the slices of x that the indices name: dx = dy summed into those
  Gather: ({ b, attributes: { axis }, x, dy }) => [
    () => b.emit('GatherGrad', [shapeOf(b, x(0)), x(1), dy()], { axis }),
    null,
  ],
  ScatterElements: scatter,
  ScatterND: scatter,
  OneHot: notDifferentiable('its two values have no gradient rule here'),
  Range: notDifferentiable('its bounds have no gradient rule here'),
  Shape: ofShape,
  Size: ofShape,
  ConstantOfShape: ofShape,
  Constant: noGradient('it has no inputs'),
} satisfies Partial<GradientTable>

function splitLikeInputs({ b, node, attributes, x, dy }: RuleContext<'Concat'>): readonly (Value | null)[] {
  const axis = fromFront(attributes.axis, dy().shape.length)
  const inputs = node.inputs.map((_, i) => x(i))
  const sizes = inputs.map(input => input.shape[axis]!)
  return b.emitAll(
    'Split',
    [dy(), isStatic(sizes) ? b.ints(sizes) : sizesAlong(b, inputs, axis)],
    { axis },
    sizes.length,
  )
}

function sizesAlong(b: GraphBuilder, inputs: readonly Value[], axis: number): Value {
  const sizes = inputs.map(input => b.emit('Shape', [input], { start: axis, end: axis + 1 }))
  return b.emit('Concat', sizes, { axis: 0 })
}

function sumCopies({ b, x, known, dy, refuse }: RuleContext<'Tile'>): Value {
  const repeats = known(1)
  if (!repeats || !isStatic(repeats)) return refuse('its repeats must be known numbers')
  const copies: number[] = []
  const dims = x(0).shape.flatMap((dim, axis) => {
    if (repeats[axis] === 1) return [dim]
    copies.push(axis + copies.length)
    return [repeats[axis]!, dim]
  })
  if (copies.length === 0) return dy()
  const target = constantTarget(dims) ?? refuse('more than one symbolic dimension')
  return b.emit('ReduceSum', [b.emit('Reshape', [dy(), b.ints(target)]), b.ints(copies)], { keepdims: 0 })
}
