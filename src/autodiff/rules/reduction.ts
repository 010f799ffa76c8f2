import type { Value } from '../../onnx/graph.js'
import { castLike, scalarLike, scaleBy } from '../constants.js'
import { type GradientRule, type GradientTable, noGradient, type RuleContext } from '../rule.js'
import { elementsPer, expandLike, fromFront } from '../shapes.js'

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceL2' | 'ReduceSumSquare'

const index = noGradient('its result is an index')

// y = the largest (smallest) of some x: dx = dy / (how many are y) where x = y, else 0: ties share equally, as PyTorch's amax
const extremum: GradientRule<'ReduceMax' | 'ReduceMin'> = context => [
  () => {
    const { b, x, y, dy } = context
    const hits = castLike(b, b.emit('Equal', [x(0), keepAxes(context, y())]), y())
    const count = b.emit('ReduceSum', [hits, b.ints(reducedAxes(context))])
    return b.emit('Mul', [b.emit('Div', [keepAxes(context, dy()), count]), hits])
  },
]

/** Gradients of reductions: dy is spread over the axes that were folded away. */
export const reductionGradients = {
  // y = sum of x: dx = dy
  ReduceSum: context => [() => spread(context, context.dy())],
  // y = sum of x / n: dx = dy / n
  ReduceMean: context => [
    () => {
      const { b, x, y, dy } = context
      return spread(context, b.emit('Scale', [dy(), elementsPer(b, x(0), y())], { scale_down: 1 }))
    },
  ],
  ReduceMax: extremum,
  ReduceMin: extremum,
  // y = sqrt(sum of x²): dx = dy x / y, 0 where y = 0, as in PyTorch
  ReduceL2: context => [
    () => {
      const { b, x, y, dy } = context
      const norm = keepAxes(context, y())
      const zero = scalarLike(b, 0, norm)
      const divisor = b.emit('Where', [b.emit('Equal', [norm, zero]), scalarLike(b, 1, norm), norm])
      return b.emit('Mul', [b.emit('Div', [keepAxes(context, dy()), divisor]), x(0)])
    },
  ],
  // y = sum of x²: dx = 2 x dy
  ReduceSumSquare: context => [
    () => {
      const { b, x, dy } = context
      return scaleBy(b, keepAxes(context, dy()), b.emit('Add', [x(0), x(0)]))
    },
  ],
  ArgMax: index,
  ArgMin: index,
} satisfies Partial<GradientTable>

/** The axes that were reduced, counted from the front; known in any case, ReduceSum's shape rule asks for them. */
function reducedAxes(context: RuleContext<Reduction>): number[] {
  const { x, known } = context
  const attributes: { readonly axes?: readonly number[]; readonly noop_with_empty_axes?: number } = context.attributes
  const given = attributes.axes ?? (known(1) as readonly number[] | null)
  const all = x(0).shape.map((_, axis) => axis)
  if (!given || (given.length === 0 && !attributes.axes)) return attributes.noop_with_empty_axes ? [] : all
  return given.map(axis => fromFront(axis, all.length))
}

/** The result, or its gradient, with size 1 on each reduced axis. */
function keepAxes(context: RuleContext<Reduction>, value: Value): Value {
  const { b, attributes } = context
  const axes = reducedAxes(context)
  return attributes.keepdims || axes.length === 0 ? value : b.emit('Unsqueeze', [value, b.ints(axes)])
}

/** The gradient in the shape of the operand. */
function spread(context: RuleContext<Reduction>, gradient: Value): Value {
  const { b, x } = context
  // A scalar broadcasts as it is.
  return expandLike(b, gradient.shape.length === 0 ? gradient : keepAxes(context, gradient), x(0))
}
