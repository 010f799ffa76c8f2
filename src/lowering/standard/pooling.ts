import { resolveWindow } from '../../onnx/window.js'
import { elementCount } from '../../tensor.js'
import { type Lowering, plain, staticShape } from '../lowering.js'
import { filled } from './channels.js'

/** dY added up where the maxima stood: `Indices` count through the whole input. */
export const maxPoolGrad: Lowering<'MaxPoolGrad'> = context => {
  const { b } = context
  if (context.attributes.storage_order) context.unsupported('storage_order 0', context.attributes.storage_order)
  const shape = staticShape(context, context.outputShape(0))
  const flat = b.ints([-1])
  const zeros = b.emit('ConstantOfShape', [b.ints([elementCount(shape)])])
  const [indices, updates] = [b.emit('Reshape', [context.input(1), flat]), b.emit('Reshape', [context.input(0), flat])]
  const sums = b.emit('ScatterElements', [zeros, indices, updates], { axis: 0, reduction: 'add' })
  return plain(b.emit('Reshape', [sums, b.ints(shape)]))
}

/** Each dY spread evenly over its window: a transposed convolution, channel by channel, with a constant kernel. */
export const averagePoolGrad: Lowering<'AveragePoolGrad'> = context => {
  const { b, attributes } = context
  const { kernel, strides, pads } = resolveWindow(attributes, attributes.kernel_shape ?? [])
  const size = staticShape(context, context.outputShape(0).slice(2))
  const outputSize = staticShape(context, context.shape(0).slice(2))
  const channels = staticShape(context, [context.shape(0)[1]!])[0]!
  let dy = context.input(0)
  if (!attributes.count_include_pad && pads.some(pad => pad > 0)) {
    const ones = filled(b, [1, 1, ...size], 1)
    const { kernel_shape } = attributes
    const covered = b.emit('AveragePool', [ones], { kernel_shape, strides, pads, count_include_pad: 1 })
    dy = b.emit('Div', [dy, covered])
  }
  const weight = filled(b, [channels, 1, ...kernel], 1 / elementCount(kernel))
  const output_padding = size.map(
    (dim, i) => dim + pads[i]! + pads[i + kernel.length]! - (outputSize[i]! - 1) * strides[i]! - kernel[i]!,
  )
  const dx = b.emit('ConvTranspose', [dy, weight], {
    kernel_shape: kernel,
    strides,
    pads,
    group: channels,
    output_padding,
  })
  return plain(dx)
}
