import { describe, expect, it } from 'vitest'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Graph } from '../../src/onnx/graph.js'
import { Random } from '../../src/prng.js'
import { type Tensor, tensor } from '../../src/tensor.js'
import { runGraph } from '../support/run-graph.js'

interface Options {
  readonly adam_mode: number
  readonly correct_bias: number
  readonly weight_decay: number
  readonly epsilon: number
}

const dims = [5, 3]
const count = 15
const [alpha, beta] = [0.9, 0.999]

function optimizerGraph(options: Options, withSignal = false): Graph {
  const b = new GraphBuilder('optimizer')
  const state = ['w', 'g', 'm', 'v'].map(name => b.input(name, 'float32', dims))
  const signal = withSignal ? [b.input('update', 'bool', [1])] : []
  const inputs = [b.input('lr', 'float32', [1]), b.input('step', 'int64', [1]), ...state, ...signal]
  b.emitAll('AdamWOptimizer', inputs, { alpha, beta, ...options }, 4).forEach((value, i) => {
    b.output(value!, ['flag', 'w_new', 'm_new', 'v_new'][i]!)
  })
  return lower(b.build(), standardTarget)
}

interface State {
  w: number[]
  m: number[]
  v: number[]
}

/** AdamW by the book, in float64. */
function adamW(state: State, g: readonly number[], lr: number, step: number, options: Options): State {
  const m = state.m.map((m, i) => alpha * m + (1 - alpha) * g[i]!)
  const v = state.v.map((v, i) => beta * v + (1 - beta) * g[i]! ** 2)
  const [c1, c2] = options.correct_bias ? [1 - alpha ** step, 1 - beta ** step] : [1, 1]
  const decay = lr * options.weight_decay
  const w = state.w.map((w, i) => {
    if (options.adam_mode === 0) return w - decay * w - (lr * (m[i]! / c1)) / (Math.sqrt(v[i]! / c2) + options.epsilon)
    const moved = w - (((lr * Math.sqrt(c2)) / c1) * m[i]!) / (Math.sqrt(v[i]!) + options.epsilon)
    return moved - decay * moved
  })
  return { w, m, v }
}

const float = (values: readonly number[]): Tensor => tensor('float32', dims, Float32Array.from(values))
const scalar = (value: number): Tensor => tensor('float32', [1], Float32Array.of(value))
const stepOf = (value: number): Tensor => tensor('int64', [1], BigInt64Array.of(BigInt(value)))
const normals = (name: string, deviation = 1): number[] => {
  const random = Random.from('optimizer test', name)
  return Array.from({ length: count }, () => Math.fround(deviation * random.normal()))
}
const numbers = (value: Tensor | undefined): number[] => Array.from(value!.data as Float32Array)

const variants: readonly Options[] = [
  { adam_mode: 0, correct_bias: 1, weight_decay: 0.01, epsilon: 1e-8 },
  { adam_mode: 0, correct_bias: 1, weight_decay: 0, epsilon: 1e-3 },
  { adam_mode: 1, correct_bias: 1, weight_decay: 0.01, epsilon: 1e-6 },
  { adam_mode: 0, correct_bias: 0, weight_decay: 0.01, epsilon: 1e-8 },
  { adam_mode: 1, correct_bias: 0, weight_decay: 0.1, epsilon: 1e-3 },
]

describe('AdamW on tensors', () => {
  it.each(variants.map(options => [JSON.stringify(options), options] as const))('%s', async (_, options) => {
    const graph = optimizerGraph(options)
    let wanted: State = { w: normals('w'), m: Array(count).fill(0), v: Array(count).fill(0) }
    let actual = { w: float(wanted.w), m: float(wanted.m), v: float(wanted.v) }
    for (let step = 1; step <= 6; step++) {
      const [g, lr] = [normals(`g${step}`, 10 ** (1 - step)), 0.1 / step]
      const results = await runGraph(graph, { lr: scalar(lr), step: stepOf(step), ...actual, g: float(g) })
      expect(results.flag).toMatchObject({ type: 'bool', dims: [1] })
      expect([...results.flag!.data]).toEqual([1])
      wanted = adamW(wanted, g, lr, step, options)
      actual = { w: results.w_new!, m: results.m_new!, v: results.v_new! }
      for (const key of ['w', 'm', 'v'] as const) {
        wanted[key].forEach((value, i) => {
          expect(numbers(actual[key])[i], `${key} after step ${step}`).toBeCloseTo(value, 5)
          if (key !== 'w') expect(numbers(actual[key])[i]! / value).toBeCloseTo(1, 5)
        })
      }
    }
  })

  it('changes nothing where the update signal is off', async () => {
    const graph = optimizerGraph(variants[0]!, true)
    const state = { w: float(normals('w')), m: float(normals('m')), v: float(normals('v').map(Math.abs)) }
    const feeds = { ...state, g: float(normals('g')), lr: scalar(0.1), step: stepOf(3) }
    const run = async (update: number): Promise<Record<string, Tensor>> =>
      runGraph(graph, { ...feeds, update: tensor('bool', [1], Uint8Array.of(update)) })
    const off = await run(0)
    expect([...off.flag!.data]).toEqual([0])
    for (const key of ['w', 'm', 'v'] as const) expect(numbers(off[`${key}_new`])).toEqual(numbers(state[key]))
    const on = await run(1)
    expect([...on.flag!.data]).toEqual([1])
    expect(numbers(on.w_new)).not.toEqual(numbers(state.w))
  })

  it('refuses sequences', () => {
    const b = new GraphBuilder('sequences')
    const sequences = ['params', 'gradients', 'first', 'second'].map(name => b.input(name, 'float32', [], true))
    const inputs = [b.input('lr', 'float32', [1]), b.input('step', 'int64', [1]), ...sequences]
    b.output(b.emit('AdamWOptimizer', inputs), 'flag')
    expect(() => lower(b.build(), standardTarget)).toThrow(
      expect.objectContaining({ code: 'E_OP_UNSUPPORTED', message: expect.stringContaining('AdamWOptimizer') }),
    )
  })
})

describe('accumulation', () => {
  const accumulator = (shape: readonly number[]): Graph => {
    const b = new GraphBuilder('accumulator')
    const inputs = [
      b.input('buffer', 'float32', shape),
      b.input('value', 'float32', shape),
      b.input('reset', 'bool', [1]),
    ]
    const [flag, sum] = b.emitAll('InPlaceAccumulatorV2', inputs, {}, 2)
    b.output(flag!, 'flag')
    b.output(sum!, 'sum')
    return lower(b.build(), standardTarget)
  }

  it('an overwritten buffer leaves nothing behind, whatever it held', async () => {
    const buffer = tensor('float32', [3], Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 7))
    const value = tensor('float32', [3], Float32Array.of(1, 2, 3))
    const run = async (reset: number): Promise<number[]> =>
      numbers(
        (await runGraph(accumulator([3]), { buffer, value, reset: tensor('bool', [1], Uint8Array.of(reset)) })).sum,
      )
    expect(await run(1)).toEqual([1, 2, 3])
    expect(await run(0)).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 10])
  })

  it('keeps a scalar a scalar', async () => {
    const [buffer, value] = [tensor('float32', [], Float32Array.of(4)), tensor('float32', [], Float32Array.of(3))]
    const feeds = { buffer, value, reset: tensor('bool', [1], Uint8Array.of(0)) }
    const { sum } = await runGraph(accumulator([]), feeds)
    expect(sum).toMatchObject({ dims: [] })
    expect(numbers(sum)).toEqual([7])
  })
})
