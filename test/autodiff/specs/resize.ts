import type { Shape } from '../../../src/onnx/graph.js'
import type { OpAttributes } from '../../../src/onnx/op-table.js'
import { tensor } from '../../../src/tensor.js'
import { type GradientSpec, plainInputs } from '../../support/gradient-spec.js'

type Attributes = Partial<OpAttributes<'Resize'>>

function byScales(name: string, shape: Shape, scales: readonly number[], attributes: Attributes): GradientSpec {
  return {
    name: `Resize ${name} [${shape}] x ${scales.slice(-2)}`,
    accuracy: 'linear',
    inputs: plainInputs(shape),
    build: (b, x) => {
      const factors = b.constant(tensor('float32', [scales.length], Float32Array.from(scales)))
      return b.emit('Resize', [x!, null, factors], attributes)
    },
  }
}

/** The sizes must be numbers here, so the batch is one too. */
function bySizes(
  name: string,
  shape: readonly number[],
  sizes: readonly number[],
  attributes: Attributes,
): GradientSpec {
  return {
    name: `Resize ${name} [${shape}] to [${sizes}]`,
    accuracy: 'linear',
    inputs: plainInputs(shape),
    build: (b, x) => b.emit('Resize', [x!, null, null, b.ints(sizes)], attributes),
  }
}

const transformations = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']
const roundings = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']
const picture: Shape = ['P', 2, 4, 5]
const scaleLists = [
  [1, 1, 2, 2],
  [1, 1, 1.5, 1.6],
  [1, 1, 0.5, 0.7],
]

const nearest = transformations.flatMap(coordinate_transformation_mode =>
  roundings.flatMap(nearest_mode =>
    scaleLists.map(scales => {
      const name = `nearest ${coordinate_transformation_mode} ${nearest_mode}`
      return byScales(name, picture, scales, { mode: 'nearest', coordinate_transformation_mode, nearest_mode })
    }),
  ),
)

const smooth = ['linear', 'cubic'].flatMap(mode =>
  transformations.flatMap(coordinate_transformation_mode =>
    [...scaleLists, [1, 1, 1, 3]].map(scales =>
      byScales(`${mode} ${coordinate_transformation_mode}`, picture, scales, { mode, coordinate_transformation_mode }),
    ),
  ),
)

export const resizeSpecs: readonly GradientSpec[] = [
  ...nearest,
  ...smooth,
  byScales('cubic a -0.5', picture, [1, 1, 2, 1.5], { mode: 'cubic', cubic_coeff_a: -0.5 }),
  byScales('cubic excluding the outside', picture, [1, 1, 2, 1.5], { mode: 'cubic', exclude_outside: 1 }),
  byScales('linear, one pixel', ['P', 2, 1, 1], [1, 1, 2, 3], { mode: 'linear' }),
  byScales('linear, matrix', [4, 5], [1.5, 2], { mode: 'linear' }),
  byScales('linear, sizes unchanged', picture, [1, 1, 1.1, 1.1], { mode: 'linear' }),
  bySizes('linear', [2, 3, 4, 5], [2, 3, 7, 9], { mode: 'linear' }),
  bySizes('linear align_corners', [2, 2, 4, 5], [2, 2, 1, 9], {
    mode: 'linear',
    coordinate_transformation_mode: 'align_corners',
  }),
  bySizes('linear pytorch_half_pixel', [2, 2, 4, 5], [2, 2, 1, 9], {
    mode: 'linear',
    coordinate_transformation_mode: 'pytorch_half_pixel',
  }),
  bySizes('nearest', [1, 2, 4, 5], [1, 2, 6, 3], { mode: 'nearest', nearest_mode: 'floor' }),
  bySizes('cubic', [1, 2, 4, 5], [1, 2, 6, 7], { mode: 'cubic' }),
]
