import { describe, expect, it } from 'vitest'
import { differentiate, gradientName } from '../../src/autodiff/differentiate.js'
import { createBlockedTarget, type FusionName, fusions, lateFusions } from '../../src/lowering/blocked/index.js'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Graph, Value } from '../../src/onnx/graph.js'
import { Random } from '../../src/prng.js'
import { elementCount, type Tensor, tensor } from '../../src/tensor.js'
import { buildTrainingProbe, largestDifference } from '../../src/training/session/training-probe.js'
import { blockedSuite, blockedTarget, blockSize } from '../support/blocked-runtime.js'
import { relativeError } from '../support/relative-error.js'
import { runGraph } from '../support/run-graph.js'

interface NormalizedConv {
  /** [O, I / group, h, w] */
  readonly w: readonly number[]
  readonly group?: number
  readonly activation?: 'Relu' | 'HardSwish'
  /** Names of values in between that are outputs too. */
  readonly read?: readonly string[]
}

/** Convolution, batch-norm and activation of pictures [4, 16, 6, 6], and the gradients of Σ u y; outputs are named by what they are. */
function normalizedConv({ w, group = 1, activation, read = [] }: NormalizedConv): Graph {
  const b = new GraphBuilder('normalized_conv')
  const channels = w[0]!
  const vectors = ['scale', 'bias', 'mean', 'variance'].map(name => b.input(name, 'float32', [channels]))
  const [x, weight] = [b.input('x', 'float32', [4, 16, 6, 6]), b.input('w', 'float32', w)]
  const conv = b.emit('Conv', [x, weight], { kernel_shape: w.slice(2), group }, { outputs: ['conv'] })
  const outputs = ['norm', 'running_mean', 'running_variance', 'saved_mean', 'saved_inverse']
  const norm = b.emitAll('BatchNormInternal', [conv, ...vectors], { epsilon: 1e-3, momentum: 0.9 }, 5, { outputs })[0]!
  const y = b.emit(activation ?? 'Identity', [norm], {}, { outputs: ['y'] })
  const weighted = b.emit('Mul', [y, b.input('u', 'float32', y.shape)])
  b.output(b.emit('ReduceSum', [weighted], { keepdims: 0 }, { outputs: ['loss'] }))
  const wrt = ['x', 'w', 'scale', 'bias']
  const graph = GraphBuilder.from(differentiate(b.build(), 'loss', wrt))
  const given = ['y', 'running_mean', 'running_variance', ...wrt.map(gradientName), ...read]
  for (const name of given) graph.output(graph.value(name))
  return graph.build()
}

/** Numbers for all inputs of a graph: normal ones, for scales and variances around 1. */
function draw({ inputs }: Graph): Record<string, Tensor<'float32'>> {
  return Object.fromEntries(
    inputs.map(({ name, shape }: Value) => {
      const random = Random.from('blocked fusions', name)
      const dims = shape as readonly number[]
      const [center, spread] = name === 'scale' || name === 'variance' ? [1, 0.1] : [0, 1]
      const data = Float32Array.from({ length: elementCount(dims) }, () => center + spread * random.normal())
      return [name, tensor('float32', dims, data)]
    }),
  )
}

const cases: Readonly<Record<string, NormalizedConv>> = {
  'expansion, hard-swish': { w: [40, 16, 1, 1], activation: 'HardSwish' },
  'expansion, relu': { w: [32, 16, 1, 1], activation: 'Relu' },
  'expansion alone': { w: [40, 16, 1, 1] },
  'projection, hard-swish': { w: [24, 16, 1, 1], activation: 'HardSwish' },
  'depthwise, relu': { w: [16, 1, 3, 3], group: 16, activation: 'Relu' },
  'dense 3x3, hard-swish': { w: [8, 16, 3, 3], activation: 'HardSwish' },
}

describe.skipIf(!blockSize)(`${blockedSuite}: fusions`, () => {
  const allFusions = [...Object.keys(fusions), ...Object.keys(lateFusions)] as FusionName[]

  it.each([...allFusions.map(name => [name]), allFusions])('left out, %s changes no gradient', async (...without) => {
    const { graph, feeds } = buildTrainingProbe()
    const wanted = await runGraph(lower(graph, standardTarget), feeds)
    const target = createBlockedTarget(blockSize!, without as FusionName[])
    const lowered = lower(graph, target)
    expect(lowered.nodes.length).not.toBe(lower(graph, blockedTarget).nodes.length)
    expect(largestDifference(await runGraph(lowered, feeds), wanted)).toBeLessThan(1e-5)
  })

  describe.each(Object.entries(cases))('%s', (_, options) => {
    it('gives what the standard target gives', async () => {
      const graph = normalizedConv(options)
      const feeds = draw(graph)
      const wanted = await runGraph(lower(graph, standardTarget), feeds)
      const found = await runGraph(lower(graph, blockedTarget), feeds)
      for (const [name, value] of Object.entries(wanted))
        expect(relativeError(found[name]!, value), name).toBeLessThan(1e-5)
    })

    it('is left alone where something else reads what would be gone', async () => {
      const graph = normalizedConv({ ...options, read: ['conv', 'norm', 'saved_mean', 'conv_grad'] })
      const feeds = draw(graph)
      const wanted = await runGraph(lower(graph, standardTarget), feeds)
      const found = await runGraph(lower(graph, blockedTarget), feeds)
      for (const [name, value] of Object.entries(wanted))
        expect(relativeError(found[name]!, value), name).toBeLessThan(1e-5)
    })

    it('keeps its digits at means of 100 standard deviations', async () => {
      const graph = normalizedConv(options)
      const feeds = draw(graph)
      // A shift of the input moves the running mean and nothing else. 100 + x is rounded; 100 off that again is exact.
      const shifted = { ...feeds.x!, data: feeds.x!.data.map(value => value + 100) }
      const exact = { ...feeds.x!, data: shifted.data.map(value => value - 100) }
      for (const without of [[], allFusions]) {
        const lowered = lower(graph, createBlockedTarget(blockSize!, without))
        const wanted = await runGraph(lowered, { ...feeds, x: exact })
        const found = await runGraph(lowered, { ...feeds, x: shifted })
        for (const name of ['y', 'running_variance'])
          expect(relativeError(found[name]!, wanted[name]!), name).toBeLessThan(1e-4)
        // Unfused, the gradient of the weight is a sum of products with numbers around 100 on every target.
        const gradients = ['x_grad', 'scale_grad', 'bias_grad', ...(without.length === 0 ? ['w_grad'] : [])]
        for (const name of gradients) expect(relativeError(found[name]!, wanted[name]!), name).toBeLessThan(3e-4)
      }
    })
  })
})
