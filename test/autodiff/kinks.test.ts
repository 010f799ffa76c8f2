import { describe, expect, it } from 'vitest'
import { appendGradients } from '../../src/autodiff/backward.js'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Value } from '../../src/onnx/graph.js'
import { tensor } from '../../src/tensor.js'
import { runGraph } from '../support/run-graph.js'

/** The gradients of the sum of a function of some vectors. */
async function gradients(
  vectors: readonly (readonly number[])[],
  build: (b: GraphBuilder, ...x: Value[]) => Value,
): Promise<number[][]> {
  const b = new GraphBuilder('kinks')
  const names = vectors.map((_, i) => `x${i}`)
  const inputs = vectors.map((vector, i) => b.input(names[i]!, 'float32', [vector.length]))
  const loss = b.emit('ReduceSum', [build(b, ...inputs)], { keepdims: 0 })
  const values = appendGradients(b, loss, names)
  for (const name of names) b.output(values.get(name)!, `d${name}`)
  const feeds = vectors.map((vector, i) => [names[i]!, tensor('float32', [vector.length], Float32Array.from(vector))])
  const results = await runGraph(lower(b.build(), standardTarget), Object.fromEntries(feeds))
  return names.map(name => Array.from(results[`d${name}`]!.data as Float32Array, value => Math.fround(value) + 0))
}

const third = Math.fround(1 / 3)

describe('where a function has a kink its gradient is', () => {
  it('that of PyTorch, for one input', async () => {
    const of = async (x: readonly number[], build: (b: GraphBuilder, x: Value) => Value): Promise<number[]> =>
      (await gradients([x], (b, value) => build(b, value!)))[0]!
    const around0 = [-1, 0, 2]
    expect(await of(around0, (b, x) => b.emit('Abs', [x]))).toEqual([-1, 0, 1])
    expect(await of(around0, (b, x) => b.emit('Relu', [x]))).toEqual([0, 0, 1])
    expect(await of(around0, (b, x) => b.emit('LeakyRelu', [x], { alpha: 0.125 }))).toEqual([0.125, 0.125, 1])
    const around3 = [-4, -3, 0, 3, 4]
    expect(await of(around3, (b, x) => b.emit('HardSwish', [x]))).toEqual([0, 0, 0.5, 1, 1])
    const sixth = Math.fround(1 / 6)
    expect(await of(around3, (b, x) => b.emit('HardSigmoid', [x], { alpha: 1 / 6 }))).toEqual([0, 0, sixth, 0, 0])
    expect(await of([0, 0], (b, x) => b.emit('ReduceL2', [x]))).toEqual([0, 0])
  })

  it("ONNX Runtime's for Clip: 1 at the bounds", async () => {
    const clip = (b: GraphBuilder, x?: Value): Value => b.emit('Clip', [x!, b.scalar(-1), b.scalar(1)])
    expect(await gradients([[-2, -1, 0, 1, 2]], clip)).toEqual([[0, 1, 1, 1, 0]])
  })

  it('shared by those that tie', async () => {
    const pair = [
      [1, 2, 3],
      [1, 3, 2],
    ]
    expect(await gradients(pair, (b, ...x) => b.emit('Max', x))).toEqual([
      [0.5, 0, 1],
      [0.5, 1, 0],
    ])
    expect(await gradients(pair, (b, ...x) => b.emit('Min', x))).toEqual([
      [0.5, 1, 0],
      [0.5, 0, 1],
    ])
    expect(await gradients([[1], [1], [1]], (b, ...x) => b.emit('Max', x))).toEqual([[third], [third], [third]])
    expect(await gradients([[1, 3, 3]], (b, x) => b.emit('ReduceMax', [x!]))).toEqual([[0, 0.5, 0.5]])
    expect(await gradients([[2, 2, 2]], (b, x) => b.emit('ReduceMin', [x!]))).toEqual([[third, third, third]])
  })

  it('finite for powers of 0', async () => {
    const powers = await gradients(
      [
        [0, 0, 2, 0],
        [0, 2, 0, 1],
      ],
      (b, ...x) => b.emit('Pow', x),
    )
    expect(powers).toEqual([
      [0, 0, 0, 1],
      [0, 0, Math.fround(Math.log(2)), 0],
    ])
  })

  it('the first of equals for MaxPool', async () => {
    const pool = (b: GraphBuilder, x?: Value): Value => {
      const row = b.emit('Reshape', [x!, b.ints([1, 1, 1, 4])])
      return b.emitAll('MaxPool', [row], { kernel_shape: [1, 2], strides: [1, 2] }, 2)[0]!
    }
    expect(await gradients([[1, 1, 2, 3]], pool)).toEqual([[1, 0, 0, 1]])
  })
})
