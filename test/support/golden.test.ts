import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { elementCount } from '../../src/tensor.js'
import { loadOperatorCases, operatorInput } from './golden-operators.js'
import {
  compareGradients,
  exp9Batch,
  loadExp9Adamw,
  loadExp9Init,
  loadExp9Parameters,
  loadExp9Step,
  norm,
  sketch,
  sketchErrorNorm,
} from './golden-sketch.js'
import { goldenParameter, goldenPictures, goldenSigns, goldenTargets, goldenUniform } from './golden-tensors.js'

const sha256 = (...arrays: Float32Array[]) => {
  const hash = createHash('sha256')
  for (const array of arrays) hash.update(new Uint8Array(array.buffer))
  return hash.digest('hex')
}

describe('the golden tensors are those that the goldens were computed from', () => {
  it('uniform numbers', () => {
    const first = [0.7321370840072632, -0.6007186770439148, 0.4748094081878662, -0.4256202280521393]
    expect([...goldenUniform('golden', 4)]).toEqual(first)
    const long = goldenUniform('op/conv-pointwise/x', 70000)
    expect([long[65535], long[69999]]).toEqual([-0.04315011948347092, -0.7279679775238037])
  })

  it('signs', () => {
    expect([...goldenSigns('golden', 0, 12)]).toEqual([1, -1, -1, 1, 1, 1, 1, 1, 1, -1, -1, -1])
    expect([...goldenSigns('golden', 31, 12)]).toEqual([-1, 1, -1, 1, 1, 1, -1, -1, 1, -1, 1, -1])
  })

  it('pictures and targets', () => {
    const picture = goldenPictures('picture', 2, 8)
    expect([picture[0], picture[63], picture[200], picture[383]]).toEqual([
      0.28715890645980835, 0.5276986956596375, 0.3348459303379059, 0.34130147099494934,
    ])
    expect([...goldenTargets('target', 1)]).toEqual([0.879266619682312, 0.6999661922454834])
  })

  it('parameters', () => {
    const firstTwo = (name: string, shape: number[]) => [...goldenParameter(name, shape).slice(0, 2)]
    const cases: [string, number[], number[]][] = [
      ['piece_features.1.block.0.0.weight', [16, 1, 3, 3], [-0.18653608858585358, 0.13766688108444214]],
      ['piece_features.0.1.weight', [16], [1.0445433855056763, 0.9835811853408813]],
      ['piece_features.0.1.bias', [16], [0.004252563696354628, -0.06209886074066162]],
      ['piece_features.1.block.1.fc1.bias', [8], [-0.00538077624514699, 0.04861085116863251]],
      ['refinement.0.weight', [32, 2], [1.1393767595291138, -0.4065954089164734]],
      ['spatial_correlation.temperature', [1], [11.313708305358887]],
    ]
    for (const [name, shape, values] of cases) expect(firstTwo(name, shape), name).toEqual(values)
  })

  it('bit for bit: the batch and all of the network', () => {
    const { piece, puzzle, target } = exp9Batch(loadExp9Step())
    expect(sha256(piece.data, puzzle.data, target.data)).toBe(
      '7835078c7c016384e425feaf952654e91da04640ccbb2d34a7de799059e3add0',
    )
    const network = loadExp9Parameters().tensors.map(([name, shape]) => goldenParameter(name, shape))
    expect(sha256(...network)).toBe('cb9a5c3371adce78d1c467ddc676e14af6db7f635528705b2f7b13bee036d1d6')
  })
})

describe('sketches', () => {
  const name = 'synthetic'
  const gradient = goldenUniform(name, 24 * 16)
  const sketches = [...sketch(name, gradient, 32)]

  it('are products with the signs', () => {
    const signs = goldenSigns(name, 5, gradient.length)
    expect(sketches[5]).toBeCloseTo(
      gradient.reduce((sum, value, i) => sum + signs[i]! * value, 0),
      12,
    )
  })

  it('see no error in the tensor itself, and 1% where it is 1%', () => {
    expect(sketchErrorNorm(name, gradient, sketches)).toBe(0)
    const scaled = sketchErrorNorm(
      name,
      gradient.map(value => 1.01 * value),
      sketches,
    )
    expect(scaled / norm(gradient)).toBeGreaterThan(0.006)
    expect(scaled / norm(gradient)).toBeLessThan(0.014)
  })

  it('see one wrong element', () => {
    const wrong = gradient.slice()
    wrong[100]! += 0.5
    expect(sketchErrorNorm(name, wrong, sketches)).toBeCloseTo(0.5, 6)
  })

  it('see swapped axes', () => {
    const swapped = gradient.map((_, i) => gradient[(i % 24) * 16 + Math.floor(i / 24)]!)
    expect(norm(swapped)).toBeCloseTo(norm(gradient), 5)
    expect(sketchErrorNorm(name, swapped, sketches)).toBeGreaterThan(norm(gradient))
  })

  it('are right on average', () => {
    const ratios = Array.from({ length: 800 }, (_, i) => {
      const error = goldenUniform(`error ${i}`, 200)
      return (sketchErrorNorm(`tensor ${i}`, error, new Array(32).fill(0)) / norm(error)) ** 2
    })
    expect(ratios.reduce((sum, ratio) => sum + ratio / 800, 0)).toBeCloseTo(1, 1)
  })
})

describe('the comparison of gradients', () => {
  const values = new Map([
    ['a', goldenUniform('a', 40)],
    ['b', goldenUniform('b', 40).map(value => 0.5 * value)],
    ['zero in theory', goldenUniform('c', 40).map(value => 1e-18 * value)],
  ])
  const gradients = Array.from(values, ([name, value]) => ({
    name,
    shape: [40],
    norm: norm(value),
    sketches: [...sketch(name, value, 32)],
  }))
  const step = { gradients, gradientNorm: Math.hypot(...gradients.map(gradient => gradient.norm)) }
  const changed = (at: string, change: (value: number, index: number) => number) =>
    new Map(values).set(at, values.get(at)!.map(change))

  it('forgives noise where the gradient is zero in theory, and only there', () => {
    const noise = (value: number, i: number) => value + (i % 2 ? 1e-7 : -1e-7)
    expect(compareGradients(step, changed('zero in theory', noise)).worst).toBeLessThan(5e-3)
    const { worst, worstName, median } = compareGradients(
      step,
      changed('b', value => 1.01 * value),
    )
    expect(worst).toBeGreaterThan(5e-3)
    expect([worstName, median]).toEqual(['b', 0])
  })

  it('takes a missing, short or non-finite gradient for infinitely far', () => {
    const missing = new Map(values)
    missing.delete('b')
    const short = new Map(values).set('b', values.get('b')!.slice(1))
    const nan = changed('b', (value, i) => (i === 7 ? Number.NaN : value))
    for (const candidates of [missing, short, nan]) {
      const { worst, worstName } = compareGradients(step, candidates)
      expect([worst, worstName]).toEqual([Number.POSITIVE_INFINITY, 'b'])
    }
  })
})

describe('the stored goldens', () => {
  it('hold every tensor of the network once, 2,001,891 trainable elements', () => {
    const step = loadExp9Step()
    const { tensors, trainable } = loadExp9Parameters()
    const isState = ([name]: readonly [string, ...unknown[]]) => /running_(mean|var)$/.test(name)
    const parameters = tensors.filter(entry => !isState(entry))
    const stored = (list: readonly { name: string; shape: readonly number[] }[]) => list.map(t => [t.name, t.shape])
    expect(parameters).toHaveLength(285)
    expect(stored(step.gradients)).toEqual(parameters)
    expect(stored(step.state)).toEqual(tensors.filter(isState))
    expect(parameters.reduce((sum, [, shape]) => sum + elementCount(shape), 0)).toBe(2_001_891)
    expect(trainable).toBe(2_001_891)
    expect(loadExp9Init().map(([name]) => name)).toEqual(parameters.map(([name]) => name))
  })

  it('agree with themselves: small gradients in full, their norms and sketches; both losses', () => {
    const { gradients, gradientNorm, loss, position, inputs } = loadExp9Step()
    const small = gradients.filter(gradient => elementCount(gradient.shape) <= 64)
    expect(small.length).toBeGreaterThan(50)
    for (const { name, values, norm: length, sketches } of small) {
      expect(Math.abs(norm(values!) / length - 1), name).toBeLessThan(1e-8)
      expect(sketchErrorNorm(name, values!, sketches), name).toBeLessThan(1e-8 * length)
    }
    expect(Math.hypot(...gradients.map(gradient => gradient.norm)) / gradientNorm).toBeCloseTo(1, 8)
    const target = goldenTargets(inputs.target.name, 8)
    expect(position.reduce((sum, value, i) => sum + (value - target[i]!) ** 2 / 16, 0)).toBeCloseTo(loss, 10)
    expect(loadExp9Adamw().losses[0]! / loss).toBeCloseTo(1, 10)
  })

  it('of operators are complete, with tiny tensors', () => {
    for (const { name, inputs, outputShape, output, gradients, batch } of loadOperatorCases()) {
      expect(output.length, name).toBe(elementCount(outputShape))
      expect(output.length, name).toBeLessThanOrEqual(200)
      expect(
        gradients.map(gradient => gradient.length),
        name,
      ).toEqual(inputs.map(({ shape }) => elementCount(shape)))
      for (const input of inputs) expect(operatorInput(input).length, input.name).toBe(elementCount(input.shape))
      if (batch) expect(batch.mean.length, name).toBe(outputShape[1])
    }
  })
})
