import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { initializeParameters } from '../../src/nn/initializers.js'
import { buildNetwork } from '../../src/nn/network.js'
import { loadExp9Init } from '../support/golden-sketch.js'

const { specs } = buildNetwork(
  { network: 'exp9', pieceSize: 128, puzzleSize: 256, dropout: 0.1, batchNormMomentum: 0.01 },
  'eval',
)
const parameters = initializeParameters(specs, 42)
const valuesOf = (name: string): Float32Array => parameters.get(name)!.data

/** Mean and standard deviation, in float64. */
function moments(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return { mean, deviation }
}

/** Checks within five standard errors; `kurtosis` of the distribution decides that of the standard deviation. */
function expectMoments(name: string, deviation: number, kurtosis: number): void {
  const values = valuesOf(name)
  const measured = moments(values)
  expect(Math.abs(measured.mean), name).toBeLessThan((5 * deviation) / Math.sqrt(values.length))
  const standardError = (deviation * Math.sqrt((kurtosis - 1) / values.length)) / 2
  expect(Math.abs(measured.deviation - deviation), name).toBeLessThan(5 * standardError + 0.5 / values.length)
}

describe('initial parameters', () => {
  it('are there for every name, in float32 and in shape', () => {
    expect([...parameters].map(([name, { type, dims }]) => [name, type, dims])).toEqual(
      specs.map(({ name, shape }) => [name, 'float32', shape]),
    )
  })

  it('follow the distributions that torchvision and PyTorch draw from', () => {
    const rules = loadExp9Init()
    expect(rules.map(([name]) => name)).toEqual(specs.filter(spec => spec.trainable).map(spec => spec.name))
    for (const [name, kind, parameter] of rules) {
      if (kind === 'constant') {
        const distance = Math.max(...valuesOf(name).map(value => Math.abs(value - parameter)))
        expect(distance, name).toBeLessThan(1e-7 * Math.max(1, parameter))
      } else if (kind === 'normal') expectMoments(name, parameter, 3)
      else {
        const largest = Math.max(...valuesOf(name).map(Math.abs))
        expect(largest, name).toBeLessThanOrEqual(Math.fround(parameter * (1 + 1e-6)))
        if (valuesOf(name).length >= 32) expect(largest, name).toBeGreaterThan(0.8 * parameter)
        if (valuesOf(name).length >= 32) expectMoments(name, parameter / Math.sqrt(3), 1.8)
      }
    }
  })

  it('start running statistics at mean 0, variance 1', () => {
    for (const { name } of specs.filter(spec => !spec.trainable)) {
      expect(new Set(valuesOf(name))).toEqual(new Set([name.endsWith('running_var') ? 1 : 0]))
    }
  })

  it('are told by the seed', () => {
    const hash = (name: string) => createHash('sha256').update(valuesOf(name)).digest('hex').slice(0, 16)
    expect(hash('piece_features.0.0.weight')).toMatchInlineSnapshot(`"7b0497865c803d9f"`)
    expect(hash('refinement.0.weight')).toMatchInlineSnapshot(`"3ce8b7257962aef2"`)
  })

  it('differ between seeds and between parameters of one shape', () => {
    const other = initializeParameters(specs, 43)
    expect(valuesOf('refinement.0.weight')).not.toEqual(other.get('refinement.0.weight')!.data)
    expect(valuesOf('piece_features.0.0.weight')).not.toEqual(valuesOf('puzzle_features.0.0.weight'))
  })

  it('of one parameter do not depend on the others', () => {
    const last = specs.at(-1)!
    expect(initializeParameters([last], 42).get(last.name)).toEqual(parameters.get(last.name))
  })
})
