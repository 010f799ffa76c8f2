import { GraphBuilder } from '../../onnx/builder.js'
import type { Graph } from '../../onnx/graph.js'
import { type Tensor, tensor } from '../../tensor.js'
import type { BlockSize } from './layout.js'

/** Channels of two pixels each: enough for a block of either size. */
const channels = 16

/**
 * A graph that shows the block size of a runtime's layout by reordering known numbers. A runtime without the layout refuses to load it.
 */
export const blockSizeProbe: { readonly graph: Graph; readonly feeds: Readonly<Record<string, Tensor>> } = {
  graph: buildProbe(),
  feeds: {
    x: tensor(
      'float32',
      [1, channels, 1, 2],
      Float32Array.from({ length: 2 * channels }, (_, i) => i),
    ),
  },
}

function buildProbe(): Graph {
  const b = new GraphBuilder('block_size_probe')
  b.output(b.emit('nchwc.ReorderInput', [b.input('x', 'float32', [1, channels, 1, 2])]), 'y')
  return b.build()
}

/**
 * Reads the probe's result. The second pixel of the first channel, which is 1, comes after the first pixel of a whole block.
 *
 * @returns null where the order is none that this package knows
 */
export function readBlockSize(y: Tensor): BlockSize | null {
  const order = Array.from(y.data as Float32Array)
  const block = ([16, 8] as const).find(size => order[size] === 1)
  return block && order.every((value, i) => value === expectedValue(i, block)) ? block : null
}

function expectedValue(index: number, block: BlockSize): number {
  const [firstChannel, pixel] = [Math.floor(index / (2 * block)) * block, Math.floor(index / block) % 2]
  return 2 * (firstChannel + (index % block)) + pixel
}
