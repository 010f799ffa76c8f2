import type { Value } from '../../onnx/graph.js'
import { type Lowered, type Lowering, type LoweringContext, plain } from '../lowering.js'
import { convGrad as plainConvGrad } from '../standard/convolution.js'
import { pixelMeans, sumPictures } from './channels.js'
import { type ConvolutionShape, convolutionShape, isVectorProduct } from './convolution.js'
import { inputGradient } from './input-gradient.js'
import { type Blocked, type BlockSize, first, reshape } from './layout.js'
import {
  denseWeightGradient,
  depthwiseWeightGradient,
  isPointwise,
  pointwiseWeightGradient,
} from './weight-gradient.js'

type Context = LoweringContext<'ConvGrad', Blocked>

/** The gradients of a convolution's input, weight and bias; only those that are wanted. */
export function convolutionGradient(block: BlockSize): Lowering<'ConvGrad', Blocked> {
  return context => {
    const shape = convolutionShape(context.attributes, context.shape(1), context.shape(2))
    if (!shape || context.input(2).type !== 'float32') return plainConvGrad(context as LoweringContext<'ConvGrad'>)
    if (isVectorProduct(shape)) return vectorGradients(context, shape)
    const { wanted } = context
    const dx = wanted(0) ? inputPart(context, shape, block) : null
    const [dw] = wanted(1) ? plain(weightPart(context, context.input(0, 'blocked'), shape, block)) : [null]
    const [db] = wanted(2) ? plain(biasPart(context, shape)) : [null]
    return [dx, dw!, db!]
  }
}

function inputPart(context: Context, shape: ConvolutionShape, block: BlockSize): Lowered<Blocked> {
  const value = inputGradient(context.b, context.input(0, 'blocked'), context.input(2), shape, block)
  if (value) return { value, form: 'blocked' }
  const onlyInput = { ...context, wanted: (index: number) => index === 0 }
  return plainConvGrad(onlyInput as LoweringContext<'ConvGrad'>)[0]!
}

/**
 * The gradient of a convolution's weight, plain.
 *
 * @param context of a node whose input 1 is the convolution's input
 * @param dy blocked
 */
export function weightPart(
  { b, input }: Pick<Context, 'b' | 'input'>,
  dy: Value,
  shape: ConvolutionShape,
  block: BlockSize,
): Value {
  if (shape.kind === 'depthwise') return depthwiseWeightGradient(b, dy, input(1, 'blocked'), shape, block)
  if (isPointwise(shape)) return pointwiseWeightGradient(b, dy, input(1, 'blocked'), shape, block)
  return denseWeightGradient(b, dy, input(1), shape, block)
}

/** The sum of dY over pictures and pixels. */
function biasPart({ b, input }: Context, { w }: ConvolutionShape): Value {
  const dy = input(0, 'blocked')
  const pixels = (dy.shape[2] as number) * (dy.shape[3] as number)
  const means = first(b, sumPictures(b, pixelMeans(b, dy)), w[0]!, 0)
  return pixels === 1 ? means : b.emit('Mul', [means, b.scalar(pixels)])
}

/** The gradients of X Wᵀ + B where pictures have one pixel. */
function vectorGradients({ b, input, wanted }: Context, { x, w }: ConvolutionShape): readonly (Lowered | null)[] {
  const dy = reshape(b, input(0), [x[0]!, w[0]!])
  const rows = (value: Value): Value => reshape(b, value, value.shape.slice(0, 2) as readonly number[])
  return plain(
    wanted(0) ? reshape(b, b.emit('Gemm', [dy, rows(input(2))]), x) : null,
    wanted(1) ? reshape(b, b.emit('Gemm', [dy, rows(input(1))], { transA: 1 }), w) : null,
    wanted(2) ? sumPictures(b, dy) : null,
  )
}
