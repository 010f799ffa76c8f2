import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Graph, Value } from '../../src/onnx/graph.js'
import { serializeModel } from '../../src/onnx/serialize.js'
import { Random } from '../../src/prng.js'

const [channels, dims] = [3, [4, 3, 2, 5]] as const
const size = 120

interface Norm {
  readonly x: string
  readonly scale: string
}

/**
 * Batch-norms that share the running statistics, each with the gradient of its X. All gradients wait for all outputs, so that
 * saved statistics must survive the other batch-norms.
 */
function batchNorms(norms: readonly Norm[]): Graph {
  const b = new GraphBuilder('norms')
  const declared = new Map<string, Value>()
  const input = (name: string, shape: readonly number[]): Value => {
    const value = declared.get(name) ?? b.input(name, 'float32', shape)
    declared.set(name, value)
    return value
  }
  const outputs = norms.map(norm => {
    const inputs = [
      input(norm.x, dims),
      input(norm.scale, [channels]),
      ...['bias', 'mean', 'variance'].map(name => input(name, [channels])),
    ]
    return b.emitAll('BatchNormInternal', inputs, {}, 5)
  })
  const sum = b.emit(
    'Sum',
    outputs.map(([y]) => y!),
  )
  const dy = b.emit('Mul', [sum, sum])
  outputs.forEach((values, i) => {
    const [x, scale] = [b.value(norms[i]!.x), b.value(norms[i]!.scale)]
    b.output(b.emitAll('BatchNormalizationGrad', [dy, x, scale, ...values.slice(3)], {}, 3)[0]!, `dx${i}`)
  })
  return b.build()
}

function feedsOf(graph: Graph, seed: string): Record<string, OrtTensor> {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => {
      const random = Random.from(seed, name)
      const count = name.startsWith('x') ? size : channels
      const mean = name === 'x0' ? 3 : 1
      const data = Float32Array.from({ length: count }, () => mean + random.uniform())
      return [name, new OrtTensor('float32', data, shape as number[])]
    }),
  )
}

/** The gradient of X in float64, where dY is the square of all outputs' sum. */
function expectedGradient(norms: readonly Norm[], norm: Norm, feeds: Record<string, OrtTensor>): Float32Array {
  const read = (name: string): Float32Array => feeds[name]!.data as Float32Array
  const channelOf = (i: number): number => Math.floor(i / 10) % channels
  const average = (values: (i: number) => number): number[] =>
    Array.from({ length: channels }, (_, c) => {
      const members = Array.from({ length: size }, (_, i) => i).filter(i => channelOf(i) === c)
      return members.reduce((sum, i) => sum + values(i), 0) / members.length
    })
  const normalize = (x: Float32Array): { xhat: (i: number) => number; inverse: number[] } => {
    const mean = average(i => x[i]!)
    const inverse = average(i => (x[i]! - mean[channelOf(i)]!) ** 2).map(variance => 1 / Math.sqrt(variance + 1e-5))
    return { xhat: i => (x[i]! - mean[channelOf(i)]!) * inverse[channelOf(i)]!, inverse }
  }
  const outputs = norms.map(({ x, scale }) => {
    const { xhat } = normalize(read(x))
    return (i: number): number => xhat(i) * read(scale)[channelOf(i)]! + read('bias')[channelOf(i)]!
  })
  const dy = (i: number): number => outputs.reduce((sum, y) => sum + y(i), 0) ** 2
  const { xhat, inverse } = normalize(read(norm.x))
  const [meanGradient, slope] = [average(dy), average(i => dy(i) * xhat(i))]
  return Float32Array.from({ length: size }, (_, i) => {
    const c = channelOf(i)
    return read(norm.scale)[c]! * inverse[c]! * (dy(i) - meanGradient[c]! - xhat(i) * slope[c]!)
  })
}

function copies(feeds: Record<string, OrtTensor>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, Array.from(data as Float32Array)]))
}

function expectClose(actual: Float32Array, wanted: Float32Array): void {
  const scale = Math.max(...wanted.map(Math.abs))
  wanted.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(1e-5 * scale)
  })
}

describe('lowered batch-norms overwrite nothing', () => {
  const shared: Record<string, readonly Norm[]> = {
    'one set of parameters for two pictures': [
      { x: 'x0', scale: 'scale0' },
      { x: 'x1', scale: 'scale0' },
    ],
    'one picture for two sets of parameters': [
      { x: 'x0', scale: 'scale0' },
      { x: 'x0', scale: 'scale1' },
    ],
  }
  for (const [name, norms] of Object.entries(shared)) {
    it(name, async () => {
      const graph = lower(batchNorms(norms), standardTarget)
      const feeds = feedsOf(graph, name)
      const before = copies(feeds)
      const wanted = norms.map(norm => expectedGradient(norms, norm, feeds))
      const session = await InferenceSession.create(serializeModel(graph), { logSeverityLevel: 3 })
      for (let run = 0; run < 2; run++) {
        const results = await session.run(feeds)
        wanted.forEach((dx, i) => {
          expectClose(results[`dx${i}`]!.data as Float32Array, dx)
        })
        expect(copies(feeds)).toEqual(before)
      }
      await session.release()
    })
  }

  it('not the fed statistics where the standard operator itself trains', async () => {
    const b = new GraphBuilder('standard operator')
    const vectors = ['scale', 'bias', 'mean', 'variance'].map(name => b.input(name, 'float32', [channels]))
    const inputs = [b.input('x0', 'float32', dims), ...vectors]
    b.output(b.emitAll('BatchNormalization', inputs, { training_mode: 1 }, 3)[0]!, 'y')
    const graph = lower(b.build(), standardTarget)
    const feeds = feedsOf(graph, 'standard operator')
    const before = copies(feeds)
    const session = await InferenceSession.create(serializeModel(graph), { logSeverityLevel: 3 })
    await session.run(feeds)
    expect(copies(feeds)).toEqual(before)
    await session.release()
  })

  it('a batch that is not finite leaves nothing behind', async () => {
    const norms = [{ x: 'x0', scale: 'scale0' }]
    const graph = lower(batchNorms(norms), standardTarget)
    const feeds = feedsOf(graph, 'not finite')
    const session = await InferenceSession.create(serializeModel(graph), { logSeverityLevel: 3 })
    const broken = new OrtTensor('float32', new Float32Array(size).fill(Number.NaN), dims)
    const first = await session.run({ ...feeds, x0: broken })
    expect(first.dx0!.data[0]).toBeNaN()
    expectClose((await session.run(feeds)).dx0!.data as Float32Array, expectedGradient(norms, norms[0]!, feeds))
    await session.release()
  })
})
