import type { BlockSize } from '../../../src/lowering/blocked/layout.js'
import { type Attributes, build, type Float, type Kernel, read } from './plain-kernels.js'

/** Blocked pictures as plain ones: `[N, C/B, H, W, B]` read as [N, C, H, W]. */
export function toPlainOrder({ dims, data }: Float, block: number): Float {
  const [batch, channels, height, width] = dims as [number, number, number, number]
  const blocks = { dims: [batch, channels / block, height, width, block], data }
  return build(dims, ([n, c, y, x]) => read(blocks, [n!, Math.floor(c! / block), y!, x!, c! % block]))
}

/** The way back from {@link toPlainOrder}. */
export function toBlockedOrder(x: Float, block: number): Float {
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const blocks = build([batch, channels / block, height, width, block], ([n, outer, row, column, inner]) =>
    read(x, [n!, outer! * block + inner!, row!, column!]),
  )
  return { dims: x.dims, data: blocks.data }
}

/** A kernel's weight as [O, I, h, w]: `[O/B, I/B, h, w, B (of I), B (of O)]`, or `[O/B, I, h, w, B]` where a group's inputs are few. */
function plainWeight({ dims, data }: Float, depthwise: boolean, block: number): Float {
  const [o, i, h, w] = dims as [number, number, number, number]
  if (depthwise || i < block) {
    const stored = { dims: [o / block, i, h, w, block], data }
    return build(dims, ([a, c, y, x]) => read(stored, [Math.floor(a! / block), c!, y!, x!, a! % block]))
  }
  const stored = { dims: [o / block, i / block, h, w, block, block], data }
  return build(dims, ([a, c, y, x]) =>
    read(stored, [Math.floor(a! / block), Math.floor(c! / block), y!, x!, c! % block, a! % block]),
  )
}

function activated(value: number, { activation, activation_params }: Attributes): number {
  if (activation === 'Relu') return Math.max(value, 0)
  return activation === 'Clip' ? Math.min(Math.max(value, activation_params[0]), activation_params[1]) : value
}

/** Convolution of plain pictures. */
function convolve(x: Float, weight: Float, { group, strides, dilations, pads }: Attributes): Float {
  const [batch, , height, width] = x.dims as [number, number, number, number]
  const [outputs, inputs, h, w] = weight.dims as [number, number, number, number]
  const [stride, dilation, pad] = [strides ?? [1, 1], dilations ?? [1, 1], pads ?? [0, 0, 0, 0]]
  const size = (dim: number, kernel: number, axis: number): number =>
    Math.floor((dim + pad[axis] + pad[axis + 2] - dilation[axis] * (kernel - 1) - 1) / stride[axis]) + 1
  return build([batch, outputs, size(height, h, 0), size(width, w, 1)], ([n, o, row, column]) => {
    const offset = Math.floor(o! / (outputs / group)) * inputs
    let sum = 0
    for (let c = 0; c < inputs; c++)
      for (let i = 0; i < h; i++)
        for (let j = 0; j < w; j++) {
          const y = row! * stride[0] + i * dilation[0] - pad[0]
          const z = column! * stride[1] + j * dilation[1] - pad[1]
          if (y < 0 || z < 0 || y >= height || z >= width) continue
          sum += read(x, [n!, offset + c, y, z]) * weight.data[((o! * inputs + c) * h + i) * w + j]!
        }
    return sum
  })
}

/** ONNX Runtime's operators on pictures in blocks of `block` channels. */
export function blockedKernels(block: BlockSize): Readonly<Record<string, Kernel>> {
  const checkBlocks = (x: Float): void => {
    if (x.dims[1]! % block !== 0) throw new Error(`${x.dims[1]} channels are not whole blocks of ${block}`)
  }
  return {
    'nchwc.ReorderInput': ([x], { channels_last }) => {
      const [batch, height, width, channels] = x!.dims as [number, number, number, number]
      const pictures = channels_last
        ? build([batch, channels, height, width], ([n, c, y, z]) => read(x!, [n!, y!, z!, c!]))
        : x!
      checkBlocks(pictures)
      return toBlockedOrder(pictures, block)
    },
    'nchwc.ReorderOutput': ([x], { channels, channels_last }) => {
      checkBlocks(x!)
      const [batch, , height, width] = x!.dims as [number, number, number, number]
      const pictures = toPlainOrder(x!, block)
      return channels_last
        ? build([batch, height, width, channels], ([n, y, z, c]) => read(pictures, [n!, c!, y!, z!]))
        : build([batch, channels, height, width], position => read(pictures, position))
    },
    'nchwc.GlobalAveragePool': ([x]) => {
      checkBlocks(x!)
      const pictures = toPlainOrder(x!, block)
      const [, , height, width] = x!.dims as [number, number, number, number]
      return build([x!.dims[0]!, x!.dims[1]!, 1, 1], ([n, c]) => {
        let sum = 0
        for (let y = 0; y < height; y++) for (let z = 0; z < width; z++) sum += read(pictures, [n!, c!, y, z])
        return sum / (height * width)
      })
    },
    'nchwc.Conv': ([x, weight, bias, addend], attributes) => {
      const inputs = x!.dims[1]! / attributes.group
      const depthwise = inputs === 1 && weight!.dims[0] === attributes.group
      const plain = inputs < block && !depthwise
      if (!plain || x!.dims[1]! >= block) checkBlocks(x!)
      const source = plain ? x! : toPlainOrder(x!, block)
      const found = convolve(source, plainWeight(weight!, depthwise, block), attributes)
      const added = addend && toPlainOrder(addend, block)
      const result = build(found.dims, position => {
        const value =
          read(found, position) + (bias ? bias.data[position[1]!]! : 0) + (added ? read(added, position) : 0)
        return activated(value, attributes)
      })
      return toBlockedOrder(result, block)
    },
  }
}
