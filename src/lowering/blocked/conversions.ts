import type { GraphBuilder } from '../../onnx/builder.js'
import type { Value, ValueType } from '../../onnx/graph.js'
import type { LoweringTarget } from '../target.js'
import { type Blocked, type BlockSize, first, padTo, wholeBlocks } from './layout.js'

/**
 * Pictures [N, C, H, W] to and from blocks of channels. The last block is filled up with channels that hold finite numbers of no
 * meaning (zeros when they come from here): weights of such channels are zero, so nothing of them reaches a real one.
 */
export function blockedConversions(block: BlockSize): LoweringTarget<Blocked>['conversions'] {
  return {
    blocked: {
      fromPlain: (b, value, type) => toBlocked(b, value, type, block),
      toPlain,
    },
  }
}

function toBlocked(b: GraphBuilder, value: Value, { shape }: ValueType, block: BlockSize): Value {
  const [batch, channels, height, width] = shape as readonly number[]
  const whole = padTo(b, value, [batch!, wholeBlocks(channels!, block), height!, width!])
  return isOnePixel(shape) ? whole : b.emit('nchwc.ReorderInput', [whole])
}

function toPlain(b: GraphBuilder, value: Value, { shape }: ValueType): Value {
  const channels = shape[1] as number
  if (isOnePixel(shape)) return first(b, value, channels, 1)
  return b.emit('nchwc.ReorderOutput', [value], { channels })
}

/** Where pictures have one pixel, their channels lie in the same order in both forms. */
function isOnePixel([, , height, width]: ValueType['shape']): boolean {
  return height === 1 && width === 1
}
