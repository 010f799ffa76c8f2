import { sameShape } from '../../onnx/dims.js'
import type { Value } from '../../onnx/graph.js'
import type { OpAttributes } from '../../onnx/op-table.js'
import { tensor } from '../../tensor.js'
import type { GradientTable, RuleContext } from '../rule.js'
import { interpolationMatrix } from './interpolation-matrix.js'

/** The gradient of Resize, which is linear and works on each axis by itself. */
export const resizeGradients = {
  // Y = height X widthᵀ for each channel, with constant interpolation matrices: dX = heightᵀ dY width
  Resize: context => [
    () => {
      const { b, x, y, dy } = context
      // ONNX Runtime copies where no size changes, whatever the scales say.
      if (sameShape(x(0).shape, y().shape)) return dy()
      checkScaledAxes(context)
      const [height, width] = [-2, -1].map(axis => matrixAlong(context, axis))
      return b.emit('ResizeGrad', [dy(), height!, width!])
    },
    null,
    null,
    null,
  ],
} satisfies Partial<GradientTable>

function checkScaledAxes({ x, y, refuse }: RuleContext<'Resize'>): void {
  const rank = x(0).shape.length
  if (rank < 2) refuse('fewer than two axes')
  x(0).shape.forEach((dim, axis) => {
    if (axis < rank - 2 && dim !== y().shape[axis]) refuse('another axis than the last two is resized')
  })
}

function matrixAlong({ b, attributes, x, known, y, refuse }: RuleContext<'Resize'>, axis: number): Value {
  const [inSize, outSize] = [x(0).shape.at(axis)!, y().shape.at(axis)!]
  if (typeof inSize !== 'number' || typeof outSize !== 'number')
    return refuse('the last two axes must have known sizes')
  const scale = Number(known(2)?.at(axis) ?? outSize / inSize)
  const matrix = interpolationMatrix(inSize, outSize, scale, attributes) ?? refuse(describeMode(attributes))
  return b.constant(tensor('float32', [outSize, inSize], matrix))
}

function describeMode(attributes: OpAttributes<'Resize'>): string {
  const { mode, coordinate_transformation_mode: transformation, nearest_mode } = attributes
  return `mode "${mode}" (${nearest_mode}) with coordinates "${transformation}" has no gradient rule here`
}
