import type { GraphBuilder } from '../../../src/onnx/builder.js'
import type { Shape, Value } from '../../../src/onnx/graph.js'
import { type GradientSpec, plainInputs } from '../../support/gradient-spec.js'

function linear(name: string, shapes: readonly Shape[], build: GradientSpec['build']): GradientSpec {
  return { name, accuracy: 'linear', inputs: plainInputs(...shapes), build }
}

const one = (name: string, shape: Shape, build: (b: GraphBuilder, x: Value) => Value): GradientSpec =>
  linear(name, [shape], (b, x) => build(b, x!))

const reshapes = [
  one('Reshape', [2, 3, 4], (b, x) => b.emit('Reshape', [x, b.ints([4, 6])])),
  one('Reshape with -1', [2, 3, 4], (b, x) => b.emit('Reshape', [x, b.ints([3, -1])])),
  one('Reshape with 0', ['P', 3, 4], (b, x) => b.emit('Reshape', [x, b.ints([0, -1])])),
  one('Reshape into the batch', ['P', 3, 4], (b, x) => b.emit('Reshape', [x, b.ints([-1, 4])])),
  one('Reshape of two symbols', ['P', 'N', 4], (b, x) => b.emit('Reshape', [x, b.ints([-1, 4])])),
  one('Reshape to computed sizes', ['P', 'N', 4], (b, x) => {
    const dims = [b.emit('Shape', [x], { start: 1, end: 2 }), b.ints([-1])]
    return b.emit('Reshape', [x, b.emit('Concat', dims, { axis: 0 })])
  }),
  one('Reshape to a scalar', [1, 1], (b, x) => b.emit('Reshape', [x, b.ints([])])),
  one('Flatten', ['P', 3, 4], (b, x) => b.emit('Flatten', [x])),
  one('Flatten axis 2', ['P', 'N', 4], (b, x) => b.emit('Flatten', [x], { axis: 2 })),
  one('Squeeze', ['P', 1, 4, 1], (b, x) => b.emit('Squeeze', [x, b.ints([1, -1])])),
  one('Squeeze everything', [1, 3, 1], (b, x) => b.emit('Squeeze', [x])),
  one('Unsqueeze', ['P', 4], (b, x) => b.emit('Unsqueeze', [x, b.ints([1, -1])])),
  one('Transpose', [2, 3, 4], (b, x) => b.emit('Transpose', [x])),
  one('Transpose 1 2 0', ['P', 3, 4], (b, x) => b.emit('Transpose', [x], { perm: [1, 2, 0] })),
]

const joined = [
  linear(
    'Concat axis 0',
    [
      [2, 3],
      [1, 3],
      [4, 3],
    ],
    (b, ...x) => b.emit('Concat', x, { axis: 0 }),
  ),
  linear(
    'Concat axis -1',
    [
      ['P', 2],
      ['P', 3],
    ],
    (b, ...x) => b.emit('Concat', x, { axis: -1 }),
  ),
  linear(
    'Concat of symbols',
    [
      ['P', 2],
      ['N', 2],
      [1, 2],
    ],
    (b, ...x) => b.emit('Concat', x, { axis: 0 }),
  ),
  linear('Concat of one value twice', [['P', 2]], (b, x) => b.emit('Concat', [x!, x!], { axis: 1 })),
  one('Split equally', [6, 2], (b, x) => b.emitAll('Split', [x], { axis: 0 }, 3)[1]!),
  one('Split in symbols', ['P', 5], (b, x) => {
    const [first, , last] = b.emitAll('Split', [x, b.ints([1, 2, 2])], { axis: 1 }, 3)
    return b.emit('Mul', [first!, last!])
  }),
].map((spec): GradientSpec => (spec.name === 'Split in symbols' ? { ...spec, accuracy: 'float32' } : spec))

function slice(name: string, shape: Shape, bounds: readonly (readonly number[])[]): GradientSpec {
  return one(`Slice ${name}`, shape, (b, x) => b.emit('Slice', [x, ...bounds.map(list => b.ints(list))]))
}

const slices = [
  slice('the first axis', [5, 3], [[1], [4]]),
  slice('an axis', ['P', 6], [[1], [4], [1]]),
  slice('from the end', ['P', 6], [[-4], [-1], [-1]]),
  slice('beyond the end', [6, 2], [[3], [1000], [0]]),
  slice('steps of 2', ['P', 7], [[1], [7], [1], [2]]),
  slice('backwards', ['P', 6], [[4], [0], [1], [-1]]),
  slice('backwards by 2 from the end', [7, 2], [[-1], [-1000], [0], [-2]]),
  slice(
    'two axes',
    ['P', 5, 6],
    [
      [1, 0],
      [4, 6],
      [1, 2],
      [1, 3],
    ],
  ),
]

function pad(name: string, shape: Shape, pads: readonly number[], mode = 'constant'): GradientSpec {
  return one(`Pad ${mode} ${name}`, shape, (b, x) => b.emit('Pad', [x, b.ints(pads)], { mode }))
}

const pads = [
  pad('all around', [2, 3], [1, 2, 3, 0]),
  pad('pictures', ['P', 2, 3, 4], [0, 0, 1, 2, 0, 0, 2, 1]),
  pad('cropping', ['P', 5, 6], [0, -1, 2, 0, 1, -2]),
  pad('pictures', ['P', 2, 3, 4], [0, 0, 1, 2, 0, 0, 2, 3], 'reflect'),
  pad('static', [4, 5], [3, 2, 0, 4], 'reflect'),
  pad('pictures', ['P', 2, 3, 4], [0, 0, 1, 2, 0, 0, 2, 3], 'edge'),
  pad('one axis', [1, 3], [2, 0, 1, 0], 'edge'),
  one('Pad with a constant', ['P', 3], (b, x) => b.emit('Pad', [x, b.ints([0, 1, 0, 1]), b.scalar(0.5)])),
]

const copies = [
  one('Expand', [3, 1], (b, x) => b.emit('Expand', [x, b.ints([2, 3, 4])])),
  one('Expand by less', [2, 3], (b, x) => b.emit('Expand', [x, b.ints([1])])),
  linear(
    'Expand to a batch',
    [
      [3, 1],
      ['P', 3, 2],
    ],
    (b, x, like) => b.emit('Add', [b.emit('Expand', [x!, b.emit('Shape', [like!])]), like!]),
  ),
  one('Tile', [2, 3], (b, x) => b.emit('Tile', [x, b.ints([3, 2])])),
  one('Tile a batch', ['P', 2, 3], (b, x) => b.emit('Tile', [x, b.ints([2, 1, 3])])),
  one('Tile once', ['P', 'N'], (b, x) => b.emit('Tile', [x, b.ints([1, 1])])),
  one('Gather', [5, 3], (b, x) => b.emit('Gather', [x, b.ints([4, 0, 4, 2])])),
  one('Gather axis 1', ['P', 5, 2], (b, x) => b.emit('Gather', [x, b.ints([3, 3, -1])], { axis: 1 })),
  one('Gather one', ['P', 5], (b, x) => b.emit('Gather', [x, b.scalar(2, 'int64')], { axis: -1 })),
  one('Gather a matrix', [4, 3], (b, x) =>
    b.emit('Gather', [x, b.emit('Reshape', [b.ints([0, 1, 1, 2, 1, 0]), b.ints([2, 3])])]),
  ),
]

export const movementSpecs: readonly GradientSpec[] = [...reshapes, ...joined, ...slices, ...pads, ...copies]
