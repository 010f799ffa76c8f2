import { initializeParameters } from '../../src/nn/initializers.js'
import { buildNetwork, type NetworkConfig } from '../../src/nn/network.js'
import type { ParameterSpec } from '../../src/nn/parameters.js'
import { Random } from '../../src/prng.js'
import { elementCount, type Tensor, tensor } from '../../src/tensor.js'

/** exp9 at sizes that run in a moment: 64x64 pieces, 96x96 puzzles, 3x3 locations. */
export const smallConfig: NetworkConfig = {
  network: 'exp9',
  pieceSize: 64,
  puzzleSize: 96,
  dropout: 0.1,
  batchNormMomentum: 0.01,
}

/**
 * Parameters of a network that is not at its initial state: scales, shifts and running statistics differ by channel, depthwise
 * kernels are strong enough that pictures make a difference behind twelve layers of inference-form batch-norm,
 * the temperature is low enough that the attention is far from uniform.
 */
export function smallParameters(): Map<string, Tensor<'float32'>> {
  const { specs } = buildNetwork(smallConfig, 'eval')
  const initial = initializeParameters(specs, 9)
  return new Map(specs.map(spec => [spec.name, disturb(spec, initial.get(spec.name)!)]))
}

/** Pictures of waves, targets and dropout factors for P pieces of Q puzzles, by input name. */
export function smallInputs(pieces: number, puzzles: number): Map<string, Tensor<'float32'>> {
  const uniform = (random: Random): number => random.uniform()
  const factor = (random: Random): number => (random.chance(0.1) ? 0 : 1 / 0.9)
  return new Map([
    ['piece', waves('piece', pieces, smallConfig.pieceSize)],
    ['puzzle', waves('puzzle', puzzles, smallConfig.puzzleSize)],
    ['target', drawn('target', [pieces, 2], uniform)],
    ['piece_dropout', drawn('piece_dropout', [pieces, 128], factor)],
    ['puzzle_dropout', drawn('puzzle_dropout', [puzzles, 128, 1, 1], factor)],
    ['refinement_dropout', drawn('refinement_dropout', [pieces, 32], factor)],
  ])
}

function disturb({ name, shape }: ParameterSpec, initial: Tensor<'float32'>): Tensor<'float32'> {
  if (name === 'spatial_correlation.temperature') return tensor('float32', [1], Float32Array.of(0.1))
  if (!name.includes('_features.')) return initial
  if (shape.length === 4) {
    const gain = shape[1] === 1 ? Math.sqrt(shape[0]!) : 1
    return { ...initial, data: initial.data.map(value => gain * value) }
  }
  if (name.endsWith('running_var')) return drawn(name, shape, random => random.between(0.5, 1.5))
  return drawn(name, shape, random => (name.endsWith('.weight') ? 1 : 0) + 0.1 * random.normal())
}

function drawn(name: string, dims: readonly number[], draw: (random: Random) => number): Tensor<'float32'> {
  const random = Random.from('small exp9', name)
  return tensor(
    'float32',
    dims,
    Float32Array.from({ length: elementCount(dims) }, () => draw(random)),
  )
}

function waves(name: string, pictures: number, side: number): Tensor<'float32'> {
  const data = new Float32Array(pictures * 3 * side * side)
  for (let plane = 0; plane < pictures * 3; plane++) {
    const random = Random.from('small exp9', name, plane)
    const [phase, alongX, alongY] = [random.between(0, 6), random.between(-0.4, 0.4), random.between(-0.4, 0.4)]
    for (let i = 0; i < side * side; i++) {
      const angle = phase + alongX * (i % side) + alongY * Math.floor(i / side)
      data[plane * side * side + i] = 0.5 + 0.5 * Math.sin(angle)
    }
  }
  return tensor('float32', [pictures, 3, side, side], data)
}
