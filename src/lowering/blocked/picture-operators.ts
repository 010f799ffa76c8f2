import { type Lowering, plain, staticShape } from '../lowering.js'
import { affineByPicture, pixelProducts as products } from './channels.js'
import { type Blocked, first, reshape } from './layout.js'

/** The gradient of squeeze-and-excitation's factors. */
export const pixelProducts: Lowering<'PixelProducts', Blocked> = context => {
  const { b, input } = context
  const [batch, channels] = staticShape(context, context.shape(0)) as [number, number]
  const sums = first(b, products(b, input(0, 'blocked'), input(1, 'blocked')), channels, 1)
  return plain(reshape(b, sums, [batch, channels, 1, 1]))
}

/** The gradient of squeeze-and-excitation's input: what came through the product, and what came through the mean. */
export const pictureAffine: Lowering<'PictureAffine', Blocked> = ({ b, input }) => [
  { value: affineByPicture(b, input(0, 'blocked'), input(1, 'blocked'), input(2, 'blocked')), form: 'blocked' },
]
