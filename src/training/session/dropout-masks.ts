import type { Value } from '../../onnx/graph.js'
import type { Random } from '../../prng.js'
import { elementCount, type Tensor, tensor } from '../../tensor.js'

/** Inputs with this end hold dropout factors, which the session draws where the caller gives none. */
const maskEnd = '_dropout'

/**
 * Draws the dropout factors that inputs ask for and `feeds` does not hold: 0 with the given probability, else
 * 1 / (1 - probability).
 *
 * @param sizes what the symbolic dimensions stand for
 */
export function drawDropoutMasks(
  inputs: readonly Value[],
  feeds: Readonly<Record<string, Tensor>>,
  sizes: Readonly<Record<string, number>>,
  probability: number,
  random: Random,
): Record<string, Tensor> {
  const masks: Record<string, Tensor> = {}
  const kept = 1 / (1 - probability)
  for (const { name, shape } of inputs) {
    if (!name.endsWith(maskEnd) || feeds[name]) continue
    const dims = shape.map(dim => (typeof dim === 'number' ? dim : (sizes[dim] ?? 0)))
    const factors = Float32Array.from({ length: elementCount(dims) }, () => (random.chance(probability) ? 0 : kept))
    masks[name] = tensor('float32', dims, factors)
  }
  return masks
}
