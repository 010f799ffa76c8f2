import type { Shape } from '../../../src/onnx/graph.js'
import { apart, type Draw, type GradientSpec } from '../../support/gradient-spec.js'

const shapes: readonly Shape[] = [
  [2, 3, 4],
  ['P', 3, 4],
]
const axesLists: readonly (readonly number[] | undefined)[] = [undefined, [0], [1], [-1], [0, 2], [1, 2], [0, 1, 2]]

type ByAttribute = 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceL2' | 'ReduceSumSquare'

function eachUse(
  op: string,
  accuracy: GradientSpec['accuracy'],
  build: (axes: readonly number[] | undefined, keepdims: number) => GradientSpec['build'],
  draw?: Draw,
): GradientSpec[] {
  return shapes.flatMap(shape =>
    axesLists.flatMap(axes =>
      [0, 1].map(keepdims => ({
        name: `${op} [${shape}] axes ${axes ?? 'all'} keepdims ${keepdims}`,
        accuracy,
        inputs: [{ shape, ...(draw && { draw }) }],
        build: build(axes, keepdims),
      })),
    ),
  )
}

const byAttribute = (op: ByAttribute, accuracy: GradientSpec['accuracy'], draw?: Draw): GradientSpec[] =>
  eachUse(op, accuracy, (axes, keepdims) => (b, x) => b.emit(op, [x!], { axes, keepdims }), draw)

export const reductionSpecs: readonly GradientSpec[] = [
  ...eachUse(
    'ReduceSum',
    'linear',
    (axes, keepdims) => (b, x) => b.emit('ReduceSum', [x!, axes ? b.ints(axes) : null], { keepdims }),
  ),
  ...byAttribute('ReduceMean', 'linear'),
  ...byAttribute('ReduceMax', 'float32', apart()),
  ...byAttribute('ReduceMin', 'float32', apart()),
  ...byAttribute('ReduceL2', 'float32'),
  ...byAttribute('ReduceSumSquare', 'float32'),
  {
    name: 'ReduceSum of no axes',
    accuracy: 'linear',
    inputs: [{ shape: ['P', 2] }],
    build: (b, x) => b.emit('ReduceSum', [x!], { noop_with_empty_axes: 1, keepdims: 0 }),
  },
  {
    name: 'ReduceSum of a scalar',
    accuracy: 'linear',
    inputs: [{ shape: [] }],
    build: (b, x) => b.emit('ReduceSum', [x!], { keepdims: 0 }),
  },
]
