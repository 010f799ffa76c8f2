import { differentiate, gradientName } from '../../autodiff/differentiate.js'
import { convBnAct, invertedResidual } from '../../nn/blocks.js'
import { initializeParameters } from '../../nn/initializers.js'
import { ParameterScope } from '../../nn/parameters.js'
import { GraphBuilder } from '../../onnx/builder.js'
import type { Graph } from '../../onnx/graph.js'
import { Random } from '../../prng.js'
import { elementCount, type Tensor, tensor } from '../../tensor.js'

/**
 * A training graph with one of everything that the blocked layout has kernels for: a stem, a block with stride and one with a residual,
 * squeeze-and-excitation, both activations. Its outputs are the gradients of all parameters.
 */
export function buildTrainingProbe(): { graph: Graph; feeds: Record<string, Tensor> } {
  const b = new GraphBuilder('training_probe')
  const x = b.input('x', 'float32', [3, 3, 16, 24])
  const parameters = new ParameterScope(b)
  const context = { b, parameters, mode: 'train', batchNormMomentum: 0.1 } as const
  const common = { channels: 24, expanded: 40, kernel: 5, squeezeExcite: true } as const
  const stem = convBnAct(context, 'stem', x, { channels: 16, kernel: 3, stride: 2 }, 'HardSwish')
  const strided = invertedResidual(context, 'strided', stem, { ...common, activation: 'Relu', stride: 2 })
  const last = invertedResidual(context, 'residual', strided, { ...common, activation: 'HardSwish', stride: 1 })
  const weights = b.input('weights', 'float32', last.shape)
  b.output(b.emit('ReduceSum', [b.emit('Mul', [last, weights])], { keepdims: 0 }), 'loss')
  const trained = parameters.specs.filter(spec => spec.trainable)
  const names = trained.map(spec => spec.name)
  const differentiated = GraphBuilder.from(differentiate(b.build(), 'loss', names))
  for (const name of names) differentiated.output(differentiated.value(gradientName(name)))
  const random = Random.from('training probe')
  const draw = (dims: readonly number[]): Tensor =>
    tensor(
      'float32',
      dims,
      Float32Array.from({ length: elementCount(dims) }, () => random.uniform()),
    )
  const initial = initializeParameters(parameters.specs, 1)
  return {
    graph: differentiated.build(),
    feeds: { ...Object.fromEntries(initial), x: draw([3, 3, 16, 24]), weights: draw(last.shape as readonly number[]) },
  }
}

/** The largest distance between tensors of one name, relative to the norm of all that are wanted. */
export function largestDifference(
  found: Readonly<Record<string, Tensor>>,
  wanted: Readonly<Record<string, Tensor>>,
): number {
  const whole = Math.hypot(...Object.values(wanted).map(norm))
  const distances = Object.entries(wanted).map(([name, { data }]) => {
    const other = found[name]!.data as Float32Array
    return norm({ data: (data as Float32Array).map((value, i) => value - other[i]!) })
  })
  return Math.max(...distances) / whole
}

function norm({ data }: Pick<Tensor, 'data'>): number {
  return Math.sqrt((data as Float32Array).reduce((sum, value) => sum + value * value, 0))
}
