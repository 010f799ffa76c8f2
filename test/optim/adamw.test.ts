import { describe, expect, it } from 'vitest'
import { formatType } from '../../src/onnx/graph.js'
import { isTrainingOp } from '../../src/onnx/op-table.js'
import { adamWDefaults, buildOptimizerModel } from '../../src/optim/adamw.js'
import { adamWCoefficients, buildFlatAdamW } from '../../src/optim/flat-adamw.js'
import { Random } from '../../src/prng.js'
import { type Tensor, tensor } from '../../src/tensor.js'
import { runGraph } from '../support/run-graph.js'

interface State {
  weights: Float64Array
  momentum1: Float64Array
  momentum2: Float64Array
}

interface Rates {
  readonly learningRate: number
  readonly weightDecay: number
}

/** One step as `torch.optim.AdamW`'s documentation states it, in float64. */
function referenceStep(
  state: State,
  gradients: Float32Array,
  step: number,
  { learningRate, weightDecay }: Rates,
): void {
  const { beta1, beta2, epsilon } = adamWDefaults
  gradients.forEach((g, i) => {
    state.weights[i]! -= learningRate * weightDecay * state.weights[i]!
    state.momentum1[i] = beta1 * state.momentum1[i]! + (1 - beta1) * g
    state.momentum2[i] = beta2 * state.momentum2[i]! + (1 - beta2) * g * g
    const corrected1 = state.momentum1[i]! / (1 - beta1 ** step)
    const corrected2 = state.momentum2[i]! / (1 - beta2 ** step)
    state.weights[i]! -= (learningRate * corrected1) / (Math.sqrt(corrected2) + epsilon)
  })
}

/** Gradients of all magnitudes, zeros among them: 0, or +-10^-9 .. 10^2. */
function drawGradients(random: Random, length: number): Float32Array {
  return Float32Array.from({ length }, () => {
    if (random.chance(0.1)) return 0
    return (random.chance(0.5) ? 1 : -1) * 10 ** random.between(-9, 2)
  })
}

const vector = (data: Float32Array): Tensor => tensor('float32', [data.length], data)
const scalar = (value: number): Tensor => vector(Float32Array.of(value))
const largest = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs))

describe('AdamW on flat vectors', () => {
  const buckets = [
    { name: 'backbone', length: 1000, rates: { learningRate: 1e-3, weightDecay: 1e-2 }, firstStep: 1 },
    { name: 'refinement', length: 77, rates: { learningRate: 1e-1, weightDecay: 0 }, firstStep: 500 },
  ]
  const graph = buildFlatAdamW(buckets, adamWDefaults)

  it('is made of elementwise standard operators, thirteen a bucket', () => {
    expect(graph.nodes).toHaveLength(13 * buckets.length)
    expect(graph.nodes.every(node => node.domain === '' && !isTrainingOp(node.opType))).toBe(true)
    expect(graph.inputs.slice(0, 2).map(input => `${input.name} ${formatType(input)}`)).toEqual([
      'backbone.weights float32[1000]',
      'backbone.gradients float32[1000]',
    ])
    expect(graph.outputs.map(output => output.name)).toEqual([
      'backbone.updated_momentums_1',
      'backbone.updated_momentums_2',
      'backbone.updated_weights',
      'refinement.updated_momentums_1',
      'refinement.updated_momentums_2',
      'refinement.updated_weights',
    ])
  })

  it('follows the formula over ten steps, each bucket at its own rates and step', async () => {
    const random = Random.from('adamw')
    const feeds: Record<string, Tensor> = {}
    const states = new Map<string, State>()
    for (const { name, length } of buckets) {
      const weights = Float32Array.from({ length }, () => random.normal())
      states.set(name, {
        weights: Float64Array.from(weights),
        momentum1: new Float64Array(length),
        momentum2: new Float64Array(length),
      })
      feeds[`${name}.weights`] = vector(weights)
      for (const part of ['momentums_1', 'momentums_2']) feeds[`${name}.${part}`] = vector(new Float32Array(length))
    }
    for (let i = 0; i < 10; i++) {
      for (const { name, length, rates, firstStep } of buckets) {
        const step = firstStep + i
        const gradients = drawGradients(random, length)
        referenceStep(states.get(name)!, gradients, step, rates)
        const coefficients = adamWCoefficients(adamWDefaults, { ...rates, step })
        feeds[`${name}.gradients`] = vector(gradients)
        feeds[`${name}.decay`] = scalar(coefficients.decay)
        feeds[`${name}.step_size`] = scalar(coefficients.stepSize)
        feeds[`${name}.epsilon`] = scalar(coefficients.epsilon)
      }
      const results = await runGraph(graph, feeds)
      for (const { name } of buckets) {
        for (const part of ['weights', 'momentums_1', 'momentums_2'])
          feeds[`${name}.${part}`] = results[`${name}.updated_${part}`]!
      }
    }
    for (const { name, rates } of buckets) {
      const { weights, momentum1, momentum2 } = states.get(name)!
      const got = (part: string): Float32Array => feeds[`${name}.${part}`]!.data as Float32Array
      // Rounding: half a unit in the last place of a weight, twice a step, and 1e-6 of what the steps move it by.
      const roundings = 20 * 2 ** -25 * largest(weights)
      expect(largest(got('weights').map((value, i) => value - weights[i]!))).toBeLessThan(
        roundings + 10 * 1e-6 * rates.learningRate * 30,
      )
      // The first moment cancels: its scale is the largest gradient that went into it, which the second one tells.
      const scale = momentum2.map(value => Math.sqrt(1000 * value) + 1e-30)
      expect(largest(momentum1.map((value, i) => (got('momentums_1')[i]! - value) / scale[i]!))).toBeLessThan(1e-6)
      expect(largest(momentum2.map((value, i) => got('momentums_2')[i]! / (value + 1e-30) - 1))).toBeLessThan(2e-6)
    }
  })

  it('equals literal values of torch.optim.AdamW', async () => {
    const rates = { learningRate: 1e-2, weightDecay: 0.1 }
    const one = buildFlatAdamW([{ name: 'b', length: 3 }], adamWDefaults)
    let state = {
      weights: vector(Float32Array.of(1, -2, 0.5)),
      first: vector(new Float32Array(3)),
      second: vector(new Float32Array(3)),
    }
    const steps = [
      [
        [0.1, -0.2, 1e-6],
        [0.9890000009999999, -1.9880000005, 0.4895990099009901],
      ],
      [
        [0.3, 0, -1e-6],
        [0.978833190219559, -1.979311418432056, 0.48963051563314225],
      ],
      [
        [-0.5, 0.25, 2e-6],
        [0.9794635000183588, -1.9790886724426773, 0.48419343865893755],
      ],
    ] as const
    for (const [i, [gradients, expected]] of steps.entries()) {
      const { decay, stepSize, epsilon } = adamWCoefficients(adamWDefaults, { ...rates, step: i + 1 })
      const results = await runGraph(one, {
        'b.weights': state.weights,
        'b.gradients': vector(Float32Array.from(gradients)),
        'b.momentums_1': state.first,
        'b.momentums_2': state.second,
        'b.decay': scalar(decay),
        'b.step_size': scalar(stepSize),
        'b.epsilon': scalar(epsilon),
      })
      state = {
        weights: results['b.updated_weights']!,
        first: results['b.updated_momentums_1']!,
        second: results['b.updated_momentums_2']!,
      }
      expect(largest(expected.map((value, j) => (state.weights.data[j] as number) - value))).toBeLessThan(3e-7)
    }
  })
})

describe('the optimizer model', () => {
  const graph = buildOptimizerModel({ ...adamWDefaults, weightDecay: 0.02 })

  it('has the inputs that ONNX Runtime demands, by name, type and order', () => {
    expect(graph.inputs.map(input => `${input.name} ${formatType(input)}`)).toEqual([
      'learning_rate float32[1]',
      'step int64[1]',
      'params sequence(float32)',
      'gradients sequence(float32)',
      'first_order_moments sequence(float32)',
      'second_order_moments sequence(float32)',
    ])
  })

  it('is one AdamWOptimizer with PyTorch’s order and constants, whose flag is the output', () => {
    expect(graph.nodes).toHaveLength(1)
    const [node] = graph.nodes
    expect([node!.domain, node!.opType]).toEqual(['com.microsoft', 'AdamWOptimizer'])
    expect(node!.inputs).toEqual(graph.inputs.map(input => input.name))
    expect(node!.attributes).toEqual({
      alpha: 0.9,
      beta: 0.999,
      epsilon: 1e-8,
      weight_decay: 0.02,
      correct_bias: 1,
      adam_mode: 0,
    })
    expect(graph.outputs.map(output => `${output.name} ${formatType(output)}`)).toEqual(['updated_flag bool[1]'])
  })
})
