import { describe, expect, it } from 'vitest'
import { LocatorError } from '../../src/errors.js'
import { buildNetwork, type NetworkConfig, parameterGroup } from '../../src/nn/network.js'
import { formatType, type Graph } from '../../src/onnx/graph.js'
import { elementCount } from '../../src/tensor.js'
import { loadExp9Parameters } from '../support/golden-sketch.js'

const config: NetworkConfig = {
  network: 'exp9',
  pieceSize: 128,
  puzzleSize: 256,
  dropout: 0.1,
  batchNormMomentum: 0.01,
}
const { graph: train, specs } = buildNetwork(config, 'train')
const { graph: evaluation } = buildNetwork(config, 'eval')

const types = (values: Graph['inputs']) => values.map(value => `${value.name} ${formatType(value)}`)

describe('the parameters of exp9', () => {
  it('are the 2,001,891 of the seed, in three groups', () => {
    const counts: Record<string, number> = {}
    for (const { name, shape } of specs.filter(spec => spec.trainable)) {
      const group = parameterGroup(name)
      counts[group] = (counts[group] ?? 0) + elementCount(shape)
    }
    expect(counts).toEqual({ backbone: 1_854_016, correlation: 147_713, refinement: 162 })
    expect(Object.values(counts).reduce((a, b) => a + b)).toBe(2_001_891)
  })

  it('have the names, shapes and order of the PyTorch state_dict', () => {
    expect(specs.map(({ name, shape }) => [name, shape])).toEqual(loadExp9Parameters().tensors)
  })

  it('are trainable except for the running statistics', () => {
    const frozen = specs.filter(spec => !spec.trainable).map(spec => spec.name)
    expect(frozen).toHaveLength(2 * 34 * 2)
    expect(frozen.every(name => /\.running_(mean|var)$/.test(name))).toBe(true)
  })

  it('are the last inputs of both graphs, in the same order', () => {
    const names = specs.map(spec => spec.name)
    expect(train.inputs.slice(6).map(input => input.name)).toEqual(names)
    expect(evaluation.inputs.slice(3).map(input => input.name)).toEqual(names)
  })
})

describe('the graphs of exp9', () => {
  it('take pictures, targets and, in training with dropout, its factors', () => {
    const always = ['piece float32[P,3,128,128]', 'puzzle float32[Q,3,256,256]', 'target float32[P,2]']
    const factors = [
      'piece_dropout float32[P,128]',
      'puzzle_dropout float32[Q,128,1,1]',
      'refinement_dropout float32[P,32]',
    ]
    expect(types(train.inputs.slice(0, 6))).toEqual([...always, ...factors])
    expect(types(evaluation.inputs.slice(0, 3))).toEqual(always)
    const withoutDropout = buildNetwork({ ...config, dropout: 0 }, 'train').graph
    expect(withoutDropout.inputs.map(input => input.name).filter(name => name.endsWith('_dropout'))).toEqual([])
  })

  it('give loss, position and attention, P symbolic', () => {
    const outputs = ['loss float32[]', 'position float32[P,2]', 'attention float32[P,8,8]']
    expect(types(train.outputs)).toEqual(outputs)
    expect(types(evaluation.outputs)).toEqual(outputs)
  })

  it('update running statistics in training by outputs that have names and no readers', () => {
    const nodes = train.nodes.filter(node => node.opType === 'BatchNormInternal')
    const read = new Set([...train.nodes.flatMap(node => node.inputs), ...train.outputs.map(output => output.name)])
    expect(nodes).toHaveLength(2 * 34)
    for (const { domain, outputs, attributes } of nodes) {
      expect(domain).toBe('com.microsoft')
      expect(attributes).toEqual({ epsilon: 0.001, momentum: 0.99, training_mode: 1 })
      expect(outputs).toHaveLength(5)
      expect(outputs.every(name => name !== '')).toBe(true)
      expect(outputs.map(name => read.has(name))).toEqual([true, false, false, false, false])
    }
  })

  it('use the running statistics in evaluation', () => {
    const nodes = evaluation.nodes.filter(node => node.opType.startsWith('BatchNorm'))
    expect(nodes).toHaveLength(2 * 34)
    expect(nodes.every(node => node.opType === 'BatchNormalization' && node.outputs.length === 1)).toBe(true)
  })

  it('name no user input or output as ONNX Runtime names gradients', () => {
    const hidden = /_grad(\.accumulation\.(buffer|out))?$/
    const names = [...train.inputs, ...train.outputs].map(value => value.name)
    expect(names.filter(name => hidden.test(name))).toEqual([])
  })

  it('depend on nothing but the configuration', () => {
    expect(buildNetwork(config, 'train').graph).toEqual(train)
  })
})

describe('a configuration that cannot be meant', () => {
  it.each([
    ['pieceSize', 31],
    ['pieceSize', 64.5],
    ['puzzleSize', Number.NaN],
    ['puzzleSize', -256],
    ['dropout', 1],
    ['dropout', -0.1],
    ['dropout', Number.NaN],
    ['batchNormMomentum', 0],
    ['batchNormMomentum', 1.01],
  ] as const)('%s %s is refused by name', (key, value) => {
    const build = () => buildNetwork({ ...config, [key]: value }, 'train')
    expect(build).toThrow(LocatorError)
    expect(build).toThrow(`for ${key} but received ${value}.`)
  })

  it('a parameter of no group is refused', () => {
    expect(() => parameterGroup('classifier.0.weight')).toThrow('classifier.0.weight')
  })
})
