import type { Value } from '../../onnx/graph.js'
import { castLike, scalarLike, scaleBy } from '../constants.js'
import { once } from '../once.js'
import { type GradientRule, type GradientTable, noGradient, type RuleContext } from '../rule.js'
import { unbroadcast } from '../unbroadcast.js'

const step = noGradient('it is constant but for its jumps')
const boolean = noGradient('its result is boolean')

// y = x1 + x2 + ...: dx_i = dy
const sum: GradientRule<'Add' | 'Sum'> = ({ b, node, x, dy }) =>
  node.inputs.map((_, i) => () => unbroadcast(b, dy(), x(i)))

// y = the largest (smallest) of x1, x2, ...: dx_i = dy / (how many are y) where x_i = y, else 0: ties share equally, as in PyTorch
const extremum: GradientRule<'Max' | 'Min'> = ({ b, node, x, y, dy }) => {
  const hits = node.inputs.map((_, i) => once(() => castLike(b, b.emit('Equal', [x(i), y()]), y())))
  const share = once(() => {
    const count = b.emit(
      'Sum',
      hits.map(hit => hit()),
    )
    return b.emit('Div', [dy(), count])
  })
  return node.inputs.map((_, i) => () => unbroadcast(b, b.emit('Mul', [share(), hits[i]!()]), x(i)))
}

/** Gradients of operators that work element by element; operands that were broadcast get the sum over what they covered. */
export const elementwiseGradients = {
  // y = x: dx = dy
  Identity: ({ dy }) => [dy],
  // y = -x: dx = -dy
  Neg: ({ b, dy }) => [() => b.emit('Neg', [dy()])],
  // y = |x|: dx = dy sign(x), 0 at 0
  Abs: ({ b, x, dy }) => [() => scaleBy(b, dy(), b.emit('Sign', [x(0)]))],
  Sign: step,
  Floor: step,
  Ceil: step,
  Round: step,
  // y = 1 / x: dx = -dy y²
  Reciprocal: ({ b, y, dy }) => [() => b.emit('Neg', [scaleBy(b, dy(), b.emit('Mul', [y(), y()]))])],
  // y = sqrt(x): dx = dy / (2 y)
  Sqrt: ({ b, y, dy }) => [() => b.emit('Div', [dy(), b.emit('Add', [y(), y()])])],
  // y = e^x: dx = dy y
  Exp: ({ b, y, dy }) => [() => scaleBy(b, dy(), y())],
  // y = ln x: dx = dy / x
  Log: ({ b, x, dy }) => [() => b.emit('Div', [dy(), x(0)])],
  // y = erf(x): dx = dy 2/sqrt(pi) e^(-x²)
  Erf: ({ b, x, dy }) => [
    () => {
      const bell = b.emit('Exp', [b.emit('Neg', [b.emit('Mul', [x(0), x(0)])])])
      return scaleBy(b, dy(), b.emit('Mul', [bell, scalarLike(b, 2 / Math.sqrt(Math.PI), bell)]))
    },
  ],
  // y = sin x: dx = dy cos x
  Sin: ({ b, x, dy }) => [() => scaleBy(b, dy(), b.emit('Cos', [x(0)]))],
  // y = cos x: dx = -dy sin x
  Cos: ({ b, x, dy }) => [() => b.emit('Neg', [scaleBy(b, dy(), b.emit('Sin', [x(0)]))])],
  // y = ln(1 + e^x): dx = dy sigmoid(x)
  Softplus: ({ b, x, dy }) => [() => scaleBy(b, dy(), b.emit('Sigmoid', [x(0)]))],
  // dx = dy (1 - y²)
  Tanh: ({ b, y, dy }) => [() => b.emit('TanhGrad', [dy(), y()])],
  // dx = dy y (1 - y)
  Sigmoid: ({ b, y, dy }) => [() => b.emit('SigmoidGrad', [dy(), y()])],
  // dx = dy where y > 0, else 0: 0 at 0
  Relu: ({ b, y, dy }) => [() => b.emit('ReluGrad', [dy(), y()])],
  // dx = dy where x > 0, else alpha dy: alpha at 0. The output has the input's sign unless alpha is negative.
  LeakyRelu: ({ b, attributes: { alpha }, x, y, dy }) => [
    () => b.emit('LeakyReluGrad', [dy(), alpha < 0 ? x(0) : y()], { alpha }),
  ],
  // y = clip(alpha x + beta, 0, 1): dx = alpha dy where 0 < y < 1, else 0
  HardSigmoid: ({ b, attributes: { alpha }, y, dy }) => [() => b.emit('HardSigmoidGrad', [dy(), y()], { alpha })],
  // y = x clip(x/6 + 1/2, 0, 1): dx = 0 up to x = -3, dy from x = 3 on, dy (x/3 + 1/2) between
  HardSwish: ({ b, x, dy }) => [() => b.emit('HardSwishGrad', [dy(), x(0)])],
  // y = clip(x, min, max): dx = dy where min <= x <= max, else 0. At the bounds it is dy, as in ONNX Runtime; PyTorch has 0 there.
  Clip: ({ b, x, optionalX, dy, refuse }) => [
    () => {
      const [min, max] = [optionalX(1), optionalX(2)]
      const tests: Value[] = []
      if (min) tests.push(b.emit('GreaterOrEqual', [x(0), min]))
      if (max) tests.push(b.emit('LessOrEqual', [x(0), max]))
      if (tests.length === 0) return dy()
      const inside = tests.reduce((all, test) => b.emit('And', [all, test]))
      return b.emit('Where', [inside, dy(), scalarLike(b, 0, dy())])
    },
    () => refuse('its bounds have no gradient'),
    () => refuse('its bounds have no gradient'),
  ],
  // y = x in another type: dx = dy in the type of x
  Cast: ({ b, x, dy }) => [() => castLike(b, dy(), x(0))],
  Add: sum,
  Sum: sum,
  // y = a - c: da = dy, dc = -dy
  Sub: ({ b, x, dy }) => [() => unbroadcast(b, dy(), x(0)), () => b.emit('Neg', [unbroadcast(b, dy(), x(1))])],
  // y = a c: da = dy c, dc = dy a
  Mul: ({ b, x, dy }) => [
    () => unbroadcast(b, scaleBy(b, dy(), x(1)), x(0)),
    () => unbroadcast(b, scaleBy(b, dy(), x(0)), x(1)),
  ],
  // y = a / c: da = dy / c, dc = -dy y / c
  Div: ({ b, x, y, dy }) => [
    () => unbroadcast(b, b.emit('Div', [dy(), x(1)]), x(0)),
    () => b.emit('Neg', [unbroadcast(b, b.emit('Div', [scaleBy(b, dy(), y()), x(1)]), x(1))]),
  ],
  // y = x^p: dx = dy p x^(p-1), 0 where p = 0; dp = dy y ln x, 0 where x = 0 and p >= 0, as in PyTorch
  Pow: context => [() => powBase(context), () => powExponent(context)],
  And: boolean,
  Or: boolean,
  Not: boolean,
  Equal: boolean,
  Greater: boolean,
  GreaterOrEqual: boolean,
  Less: boolean,
  LessOrEqual: boolean,
  Max: extremum,
  Min: extremum,
  // y = a where c, else z: da = dy where c, else 0; dz = 0 where c, else dy
  Where: ({ b, x, dy }) => [
    null,
    () => unbroadcast(b, b.emit('Where', [x(0), dy(), scalarLike(b, 0, dy())]), x(1)),
    () => unbroadcast(b, b.emit('Where', [x(0), scalarLike(b, 0, dy()), dy()]), x(2)),
  ],
} satisfies Partial<GradientTable>

function powBase({ b, x, known, dy }: RuleContext<'Pow'>): Value {
  const [base, exponent] = [x(0), x(1)]
  const power = exponent.shape.length === 0 ? known(1)?.[0] : undefined
  if (power === 2) return scaleBy(b, dy(), b.emit('Add', [base, base]))
  const p = castLike(b, exponent, base)
  const slope = b.emit('Mul', [p, b.emit('Pow', [base, b.emit('Sub', [p, scalarLike(b, 1, base)])])])
  if (power !== undefined && power !== 0) return unbroadcast(b, scaleBy(b, dy(), slope), base)
  const zero = scalarLike(b, 0, base)
  const guarded = b.emit('Where', [b.emit('Equal', [p, zero]), zero, slope])
  return unbroadcast(b, scaleBy(b, dy(), guarded), base)
}

function powExponent({ b, x, y, dy }: RuleContext<'Pow'>): Value {
  const [base, exponent] = [x(0), x(1)]
  const zero = scalarLike(b, 0, base)
  const atZero = b.emit('And', [
    b.emit('Equal', [base, zero]),
    b.emit('GreaterOrEqual', [exponent, scalarLike(b, 0, exponent)]),
  ])
  const slope = b.emit('Where', [atZero, zero, b.emit('Mul', [y(), b.emit('Log', [base])])])
  return unbroadcast(b, scaleBy(b, dy(), slope), exponent)
}
