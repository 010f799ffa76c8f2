import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value } from '../../onnx/graph.js'
import type { OpAttributes } from '../../onnx/op-table.js'
import { reshape } from './layout.js'

/** What a kernel does after its products. */
export interface KernelOptions {
  /** Added to the result; of its shape. Its memory is reused where nothing reads it later. */
  readonly addend?: Value
  readonly activation?: Partial<Pick<OpAttributes<'nchwc.Conv'>, 'activation' | 'activation_params'>>
}

/** scale x + shift, channel by channel: a depthwise 1x1 convolution. `scale` and `shift` [C] of whole blocks. */
export function affine(
  b: GraphBuilder,
  x: Value,
  scale: Value,
  shift: Value | null,
  options: KernelOptions = {},
): Value {
  const channels = x.shape[1] as number
  const weight = reshape(b, scale, [channels, 1, 1, 1])
  const attributes = { kernel_shape: [1, 1], group: channels, ...options.activation }
  return b.emit('nchwc.Conv', [x, weight, shift, options.addend ?? null], attributes)
}

/** The mean over the pixels, [N, C]. */
export function pixelMeans(b: GraphBuilder, x: Value): Value {
  const [batch, channels] = x.shape as readonly number[]
  return reshape(b, b.emit('nchwc.GlobalAveragePool', [x]), [batch!, channels!])
}

/** The mean over pictures and pixels, [C]. */
export function batchMeans(b: GraphBuilder, x: Value): Value {
  const [batch, channels] = x.shape as readonly number[]
  const means = pixelMeans(b, x)
  return batch === 1 ? reshape(b, means, [channels!]) : b.emit('ReduceMean', [means], { axes: [0], keepdims: 0 })
}

/**
 * The sum of x y over the pixels, [N, C]: a depthwise convolution of all pictures' channels, [1, N C, H, W], with y as its kernel, whose
 * only output is the sum.
 */
export function pixelProducts(b: GraphBuilder, x: Value, y: Value): Value {
  const [batch, channels, height, width] = x.shape as readonly number[]
  const all = batch! * channels!
  const pictures = reshape(b, x, [1, all, height!, width!])
  const kernels = reshape(b, y, [all, 1, height!, width!])
  const sums = b.emit('nchwc.Conv', [pictures, kernels], { kernel_shape: [height!, width!], group: all })
  return reshape(b, sums, [batch!, channels!])
}

/** The sum over the pictures of [N, C], which is [C]. */
export function sumPictures(b: GraphBuilder, values: Value): Value {
  return b.emit('ReduceSum', [values, b.ints([0])], { keepdims: 0 })
}

/** scale x + shift with numbers of their own for each picture: `scale` and `shift` [N, C, 1, 1]. */
export function affineByPicture(b: GraphBuilder, x: Value, scale: Value, shift: Value | null): Value {
  const [batch, channels, height, width] = x.shape as readonly number[]
  const all = batch! * channels!
  const pictures = reshape(b, x, [1, all, height!, width!])
  const result = affine(b, pictures, reshape(b, scale, [all]), shift && reshape(b, shift, [all]))
  return reshape(b, result, [batch!, channels!, height!, width!])
}
