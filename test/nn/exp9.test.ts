import { describe, expect, it } from 'vitest'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import type { Mode } from '../../src/nn/layers.js'
import { buildNetwork } from '../../src/nn/network.js'
import { type Tensor, tensor } from '../../src/tensor.js'
import { runGraph } from '../support/run-graph.js'
import { smallConfig, smallInputs, smallParameters } from '../support/small-exp9.js'

const evaluation = buildNetwork(smallConfig, 'eval').graph
const training = lower(buildNetwork(smallConfig, 'train').graph, standardTarget)

type Results = Record<'loss' | 'position' | 'attention', { dims: readonly number[]; data: Float32Array }>

/** Runs with fresh copies: batch-norm in training form may write into what it is fed. */
async function run(mode: Mode, inputs: ReadonlyMap<string, Tensor>): Promise<Results> {
  const graph = mode === 'train' ? training : evaluation
  const all = new Map<string, Tensor>([...smallParameters(), ...inputs])
  const feeds = Object.fromEntries(graph.inputs.map(({ name }) => [name, all.get(name)!]))
  return (await runGraph(graph, feeds)) as unknown as Results
}

/** The puzzles in the given order. */
function withPuzzles(inputs: ReadonlyMap<string, Tensor<'float32'>>, order: readonly number[]): Map<string, Tensor> {
  const { dims, data } = inputs.get('puzzle')!
  const size = data.length / dims[0]!
  const puzzles = new Float32Array(order.length * size)
  for (const [i, puzzle] of order.entries()) puzzles.set(data.subarray(puzzle * size, (puzzle + 1) * size), i * size)
  return new Map<string, Tensor>(inputs).set('puzzle', tensor('float32', [order.length, ...dims.slice(1)], puzzles))
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)))
}

/** PyTorch and torchvision in float64 on the same four pieces of two puzzles. */
const pytorch = {
  eval: {
    loss: 0.07918871231303701,
    position: [
      0.46086924656211636, 0.48145807969846866, 0.46079899172519995, 0.48167713458166234, 0.46124147645644914,
      0.4810635590839777, 0.4612879375153206, 0.4811002444739515,
    ],
    attentionOfPiece1: [
      0.10989367302551942, 0.11257531167559882, 0.10581413811144647, 0.12018412901356378, 0.12261738443781257,
      0.11530916925815711, 0.10635676209211964, 0.10104338329887387, 0.10620604908690823,
    ],
    tolerance: 1e-6,
  },
  train: {
    loss: 0.12790277746453554,
    position: [
      0.3819313457996343, 0.5981140729004562, 0.7651470155027603, 0.788543842591316, 0.49372945065902407,
      0.376596671716724, 0.4633081963339355, 0.37752006691050316,
    ],
    attentionOfPiece1: [
      0.0077545841993796275, 0.006050235985715127, 0.003354929112891169, 0.006890871659393532, 0.00674058839232884,
      0.041026647616867605, 0.007186945290913394, 0.004027538542109818, 0.916967659200401,
    ],
    tolerance: 3e-5,
  },
} as const

describe('the forward pass of exp9', () => {
  it.each(['eval', 'train'] as const)('in %s mode gives what PyTorch gives', async mode => {
    const { loss, position, attention } = await run(mode, smallInputs(4, 2))
    const golden = pytorch[mode]
    expect(Math.abs(loss.data[0]! / golden.loss - 1)).toBeLessThan(golden.tolerance)
    expect(largestDifference(position.data, golden.position)).toBeLessThan(golden.tolerance)
    expect(largestDifference(attention.data.slice(9, 18), golden.attentionOfPiece1)).toBeLessThan(golden.tolerance)
  })

  it.each([
    [8, 2],
    [4, 4],
    [6, 2],
    [1, 1],
  ])('runs %i pieces of %i puzzles, each piece looked for in its own puzzle', async (pieces, puzzles) => {
    const inputs = smallInputs(pieces, puzzles)
    const { loss, position, attention } = await run('eval', inputs)
    expect(position.dims).toEqual([pieces, 2])
    expect(attention.dims).toEqual([pieces, 3, 3])
    const own = Array.from({ length: pieces }, (_, i) => Math.floor((i * puzzles) / pieces))
    const paired = await run('eval', withPuzzles(inputs, own))
    expect(largestDifference(paired.position.data, position.data)).toBeLessThan(1e-6)
    expect(largestDifference(paired.attention.data, attention.data)).toBeLessThan(1e-6)
    expect(paired.loss.data[0]! / loss.data[0]!).toBeCloseTo(1, 5)
  })

  it('of pieces and another puzzle gives another answer', async () => {
    const inputs = smallInputs(2, 2)
    const [own, swapped] = [await run('eval', inputs), await run('eval', withPuzzles(inputs, [1, 0]))]
    expect(largestDifference(own.attention.data, swapped.attention.data)).toBeGreaterThan(1e-5)
  })

  it('gives attention that sums to 1 and positions within the puzzle', async () => {
    const { position, attention } = await run('train', smallInputs(6, 2))
    for (let i = 0; i < 6; i++) {
      const sum = attention.data.slice(9 * i, 9 * i + 9).reduce((a, b) => a + b)
      expect(sum).toBeCloseTo(1, 5)
    }
    expect(position.data.every(value => value >= 0 && value <= 1)).toBe(true)
  })
})
