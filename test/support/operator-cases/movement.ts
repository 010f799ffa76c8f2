import type { OperatorCase } from './case.js'

const gather: readonly OperatorCase[] = [
  { shape: [5, 3], axis: 0, indices: [4], values: [0, 2, 2, 4] },
  { shape: [3, 5], axis: 1, indices: [2, 3], values: [4, 0, 0, 1, 4, 4] },
  { shape: [2, 4, 3], axis: -2, indices: [5], values: [3, 3, 0, 1, 3] },
  { shape: [4, 3], axis: 0, indices: [], values: [2] },
].map(({ shape, axis, indices, values }) => ({
  op: 'GatherGrad',
  name: `axis ${axis} of [${shape}], indices [${indices}]`,
  build: i => {
    const first = axis < 0 ? axis + shape.length : axis
    const dy = i.normal('dY', [...shape.slice(0, first), ...indices, ...shape.slice(first + 1)])
    const all = [i.b.ints(shape), i.values('indices', 'int64', indices, values), dy]
    return [i.b.emit('GatherGrad', all, { axis })]
  },
}))

interface SliceCase {
  readonly name: string
  readonly shape: readonly number[]
  readonly dy: readonly number[]
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly axes?: readonly number[]
  readonly steps?: readonly number[]
}

const sliceCases: readonly SliceCase[] = [
  { name: 'all axes', shape: [4, 5], dy: [2, 3], starts: [1, 0], ends: [3, 3] },
  { name: 'one axis to its end', shape: [2, 5, 3], dy: [2, 4, 3], starts: [1], ends: [2 ** 31], axes: [1] },
  { name: 'from the end', shape: [4, 5], dy: [4, 2], starts: [-3], ends: [-1], axes: [-1] },
  { name: 'steps 2 and 3', shape: [5, 8], dy: [3, 2], starts: [0, 1], ends: [5, 7], axes: [0, 1], steps: [2, 3] },
  { name: 'backwards', shape: [6, 2], dy: [3, 2], starts: [-1], ends: [-7], axes: [0], steps: [-2] },
]

const slice: readonly OperatorCase[] = sliceCases.map(({ name, shape, dy, starts, ends, axes, steps }) => ({
  op: 'SliceGrad',
  name,
  build: i => {
    const ints = (values: readonly number[] | undefined) => (values ? i.b.ints(values) : null)
    const all = [i.normal('dY', dy), ints(shape), ints(starts), ints(ends), ints(axes), ints(steps)]
    return [i.b.emit('SliceGrad', all)]
  },
}))

const scale: readonly OperatorCase[] = [
  {
    op: 'Scale',
    name: 'times',
    build: i => [i.b.emit('Scale', [i.normal('input', [2, 3]), i.values('scale', 'float32', [], [3])])],
  },
  {
    op: 'Scale',
    name: 'divided by an integer',
    build: i => {
      const all = [i.normal('input', [2, 3]), i.values('scale', 'int64', [], [3])]
      return [i.b.emit('Scale', all, { scale_down: 1 })]
    },
  },
  {
    op: 'Scale',
    name: 'a scalar divided by a vector of one',
    build: i => {
      const all = [i.normal('input', []), i.values('scale', 'float32', [1], [7])]
      return [i.b.emit('Scale', all, { scale_down: 1 })]
    },
  },
]

const accumulate: readonly OperatorCase[] = [null, 0, 1].map(overwrite => ({
  op: 'InPlaceAccumulatorV2',
  name: overwrite === null ? 'no flag' : `overwrite ${overwrite}`,
  build: i => {
    const all = [i.normal('accumulation_buffer', [2, 3]), i.normal('value', [2, 3])]
    if (overwrite !== null) all.push(i.values('overwrite_flag', 'bool', [1], [overwrite]))
    return i.b.emitAll('InPlaceAccumulatorV2', all, {}, 2)
  },
}))

export const movementCases: readonly OperatorCase[] = [...gather, ...slice, ...scale, ...accumulate]
