import { beforeAll, describe, expect, test } from 'vitest'
import { createBlockedTarget } from '../../../src/lowering/blocked/index.js'
import { lower } from '../../../src/lowering/lower.js'
import { standardTarget } from '../../../src/lowering/standard/index.js'
import { checkGraph } from '../../../src/onnx/check.js'
import type { Graph, Node } from '../../../src/onnx/graph.js'
import { specialize } from '../../../src/onnx/rewrite.js'
import { createArtifacts } from '../../../src/training/artifacts/create-artifacts.js'
import { freezeParameters } from '../../../src/training/artifacts/freeze-parameters.js'

let whole: Graph
let names: readonly string[]
beforeAll(() => {
  const network = { network: 'exp9', pieceSize: 32, puzzleSize: 64, dropout: 0, batchNormMomentum: 0.1 } as const
  const artifacts = createArtifacts({ network, weightDecay: 0, seed: 1 })
  whole = artifacts.trainingModel
  names = [...artifacts.checkpoint.trainable.keys()]
})

const matching = (pattern: RegExp): string[] => names.filter(name => pattern.test(name))
const count = (graph: Graph, opType: string): number => graph.nodes.filter(node => node.opType === opType).length

describe('a frozen backbone', () => {
  test.each(['batch', 'frozen'] as const)('has no backward node, batch-norm %s', batchNorm => {
    const graph = freezeParameters(whole, matching(/_features\./), { batchNorm })
    expect(checkGraph(graph)).toBeUndefined()
    expect(count(whole, 'BatchNormalizationGrad')).toBe(68)
    expect(count(graph, 'BatchNormalizationGrad')).toBe(0)
    // The puzzle's 1x1 projection is the only convolution that trains, and its input needs no gradient.
    const gradients = graph.nodes.filter(node => node.opType === 'ConvGrad')
    expect(gradients.map(node => node.outputs.map(output => output !== ''))).toEqual([[false, true, true]])
    expect(count(graph, 'BatchNormInternal')).toBe(batchNorm === 'batch' ? 68 : 0)
    expect(count(graph, 'BatchNormalization')).toBe(batchNorm === 'batch' ? 0 : 68)
    expect(graph.nodes.filter(node => /(piece|puzzle)_features\/.*_grad/.test(node.name))).toEqual([])
  })

  test.each([
    ['standard', standardTarget],
    ['blocked', createBlockedTarget(8)],
  ] as const)('runs hardly more nodes than the forward pass alone, lowered to %s', (_, target) => {
    const nodes = (graph: Graph): number => {
      const sized = specialize(graph, { P: 4, Q: 1 })
      const outputs = sized.outputs.concat(sized.nodes.flatMap(gradientOf).map(name => sized.values.get(name)!))
      return lower({ ...sized, outputs }, target as typeof standardTarget).nodes.length
    }
    const forward = nodes(freezeParameters(whole, names, { batchNorm: 'batch' }))
    const frozen = nodes(freezeParameters(whole, matching(/_features\./), { batchNorm: 'batch' }))
    expect(frozen - forward).toBeLessThan(100)
    expect(nodes(whole) - forward).toBeGreaterThan(1500)
  })
})

/** What the node adds to a parameter's gradients. */
const gradientOf = (node: Node): string[] => (node.opType === 'InPlaceAccumulatorV2' ? [node.inputs[1]!] : [])

test('the inputs and outputs that ONNX Runtime gives meaning to stay, but for the frozen parameters’ buffers and flags', () => {
  const frozen = new Set(matching(/_features\.\d\./))
  const graph = freezeParameters(whole, frozen, { batchNorm: 'batch' })
  const parameterOf = (name: string): string => name.replace(/_grad\.accumulation\.(buffer|out)$/, '')
  const kept = ({ name }: { name: string }): boolean =>
    !name.includes('.accumulation.') || !frozen.has(parameterOf(name))
  expect(graph.inputs).toEqual(whole.inputs.filter(kept))
  expect(graph.outputs).toEqual(whole.outputs.filter(kept))
  expect(graph.outputs.length).toBeLessThan(whole.outputs.length)
})

test('a frozen layer in the middle passes gradients on and has none of its own', () => {
  const graph = freezeParameters(whole, matching(/_features\.5\./), { batchNorm: 'batch' })
  const inputs = new Set(matching(/_features\.5\./))
  const own = graph.nodes.filter(node => node.opType === 'ConvGrad' && inputs.has(node.inputs[2]!))
  // Two extractors with five convolutions each.
  expect(own.map(node => node.outputs.map(output => output !== ''))).toEqual(Array(10).fill([true]))
})

test('nothing frozen changes nothing', () => {
  const graph = freezeParameters(whole, [], { batchNorm: 'frozen' })
  expect(graph.nodes).toEqual(whole.nodes)
  expect(graph.inputs).toEqual(whole.inputs)
})
