import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Graph, Value } from '../../src/onnx/graph.js'
import { buildOptimizerModel } from '../../src/optim/adamw.js'
import { Random } from '../../src/prng.js'
import { elementCount, type Tensor, tensor } from '../../src/tensor.js'
import { propertyNames, type TrainingArtifacts } from '../../src/training/artifacts/artifacts.js'
import { buildTrainingModel } from '../../src/training/artifacts/training-model.js'

/** What the dropout of the tiny network drops. */
export const tinyDropout = 0.25

/** Parameters by group, and running statistics. */
const shapes = {
  backbone: { 'conv.weight': [4, 3, 1, 1], 'norm.weight': [4], 'norm.bias': [4] },
  correlation: { 'puzzle.weight': [3, 4], temperature: [] },
  refinement: { 'fc.weight': [4, 2], 'fc.bias': [2] },
  statistics: { 'norm.running_mean': [4], 'norm.running_var': [4] },
} as const

const all: Readonly<Record<string, readonly number[]>> = Object.assign({}, ...Object.values(shapes)) as never
const trainable = Object.keys(all).filter(name => !name.includes('running'))

/**
 * Artifacts of a network of a dozen nodes with all that exp9 has: a convolution with batch-norm, dropout as an input, several pieces of each
 * puzzle, three parameter groups, outputs `loss`, `position` [P,2], `attention` [P,4].
 */
export function tinyArtifacts(): TrainingArtifacts {
  const values = (names: readonly string[]): Map<string, Tensor> => new Map(names.map(name => [name, initial(name)]))
  const groups = (['backbone', 'correlation', 'refinement'] as const).map(name => ({
    name,
    weightDecay: 0.01,
    parameters: Object.keys(shapes[name]),
  }))
  return {
    trainingModel: buildTrainingModel(forward('train'), trainable),
    evalModel: forward('eval'),
    optimizerModel: buildOptimizerModel({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }),
    checkpoint: {
      trainable: values(trainable),
      frozen: values(Object.keys(shapes.statistics)),
      optimizer: null,
      properties: new Map([
        [propertyNames.parameterGroups, JSON.stringify(groups)],
        [propertyNames.dropout, String(tinyDropout)],
      ]),
    },
  }
}

/** Pictures and targets of P pieces of Q puzzles, as the tiny network takes them. */
export function tinyBatch(
  name: string,
  pieces = 4,
  puzzles = 2,
): Readonly<Record<'piece' | 'puzzle' | 'target', Tensor>> {
  const drawn = (input: string, ...dims: number[]): Tensor => {
    const random = Random.from('tiny', name, input)
    return tensor(
      'float32',
      dims,
      Float32Array.from({ length: elementCount(dims) }, () => random.uniform()),
    )
  }
  return {
    piece: drawn('piece', pieces, 3, 2, 2),
    puzzle: drawn('puzzle', puzzles, 3),
    target: drawn('target', pieces, 2),
  }
}

function forward(mode: 'train' | 'eval'): Graph {
  const b = new GraphBuilder('tiny')
  const piece = b.input('piece', 'float32', ['P', 3, 2, 2])
  const puzzle = b.input('puzzle', 'float32', ['Q', 3])
  const target = b.input('target', 'float32', ['P', 2])
  const dropout = mode === 'train' ? b.input('piece_dropout', 'float32', ['P', 4]) : null
  const parameters = new Map(Object.entries(all).map(([name, shape]) => [name, b.input(name, 'float32', shape)]))
  const parameter = (name: string): Value => parameters.get(name)!
  const conv = b.emit('Conv', [piece, parameter('conv.weight')])
  const norms = ['weight', 'bias', 'running_mean', 'running_var'].map(part => parameter(`norm.${part}`))
  const normed =
    mode === 'train'
      ? b.emitAll('BatchNormInternal', [conv, ...norms], {}, 5)[0]!
      : b.emit('BatchNormalization', [conv, ...norms])
  const pooled = b.emit('Flatten', [b.emit('GlobalAveragePool', [b.emit('Sigmoid', [normed])])])
  const features = dropout ? b.emit('Mul', [pooled, dropout]) : pooled
  const perPuzzle = b.emit('Concat', [b.emit('Shape', [puzzle], { end: 1 }), b.ints([-1, 4])], { axis: 0 })
  const places = b.emit('Unsqueeze', [b.emit('MatMul', [puzzle, parameter('puzzle.weight')]), b.ints([1])])
  const products = b.emit('Mul', [
    b.emit('Reshape', [features, perPuzzle]),
    b.emit('Mul', [places, parameter('temperature')]),
  ])
  const logits = b.emit('Reshape', [products, b.ints([-1, 4])])
  const position = b.emit('Gemm', [logits, parameter('fc.weight'), parameter('fc.bias')], {}, { outputs: ['position'] })
  const error = b.emit('Sub', [position, target])
  b.output(b.emit('ReduceMean', [b.emit('Mul', [error, error])], { keepdims: 0 }, { outputs: ['loss'] }))
  b.output(position)
  b.output(b.emit('Softmax', [logits], {}, { outputs: ['attention'] }))
  return b.build()
}

function initial(name: string): Tensor<'float32'> {
  const dims = all[name]!
  const random = Random.from('tiny', name)
  const around = name === 'temperature' || name.endsWith('var') ? 1 : 0
  return tensor(
    'float32',
    dims,
    Float32Array.from({ length: elementCount(dims) }, () => around + random.between(-0.5, 0.5)),
  )
}
