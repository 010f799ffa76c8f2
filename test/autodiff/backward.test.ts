import { describe, expect, it } from 'vitest'
import { appendGradients } from '../../src/autodiff/backward.js'
import { gradientRules } from '../../src/autodiff/rules/index.js'
import { LocatorError } from '../../src/errors.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import type { Value } from '../../src/onnx/graph.js'
import { localFunctions } from '../../src/onnx/local-functions.js'
import { tensor } from '../../src/tensor.js'
import { backwardGraph } from '../support/grad-check.js'
import { runGraph } from '../support/run-graph.js'
import { allSpecs } from './specs/index.js'

const sum = (b: GraphBuilder, x: Value): Value => b.emit('ReduceSum', [x], { keepdims: 0 })

/** Operators of the nodes that were appended. */
function appended(b: GraphBuilder, act: () => void): string[] {
  const before = b.build().nodes.length
  act()
  return b
    .build()
    .nodes.slice(before)
    .map(node => node.opType)
}

function errorOf(act: () => void): LocatorError {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(LocatorError)
    return error as LocatorError
  }
  throw new Error('nothing was thrown')
}

/** Two convolutions, one after the other, with a ReLU between. */
function twoLayers(): { b: GraphBuilder; loss: Value } {
  const b = new GraphBuilder('two-layers')
  const x = b.input('x', 'float32', ['P', 3, 8, 8])
  const [w1, w2] = [b.input('w1', 'float32', [4, 3, 3, 3]), b.input('w2', 'float32', [2, 4, 3, 3])]
  const bias = b.input('bias', 'float32', [2])
  const hidden = b.emit('Relu', [b.emit('Conv', [x, w1], { pads: [1, 1, 1, 1] }, { name: 'first' })])
  const y = b.emit('Conv', [hidden, w2, bias], { strides: [2, 2] }, { name: 'second' })
  return { b, loss: sum(b, y) }
}

describe('the backward pass', () => {
  it('costs nothing for what is frozen', () => {
    const { b, loss } = twoLayers()
    const nodes = appended(b, () => appendGradients(b, loss, ['bias']))
    expect(nodes).toEqual(['Shape', 'Expand', 'ConvGrad'])
    expect(b.build().nodes.at(-1)!.outputs).toEqual(['', '', 'second_grad/ConvGrad.dB'])
  })

  it('goes no further than the first trained layer', () => {
    const { b, loss } = twoLayers()
    appendGradients(b, loss, ['w2'])
    expect(b.build().nodes.at(-1)!.outputs).toEqual(['', 'second_grad/ConvGrad.dW'])
    const all = twoLayers()
    appendGradients(all.b, all.loss, ['w1', 'w2', 'bias'])
    const gradients = all.b.build().nodes.filter(node => node.opType === 'ConvGrad')
    expect(gradients.map(node => node.outputs)).toEqual([
      ['second_grad/ConvGrad.dX', 'second_grad/ConvGrad.dW', 'second_grad/ConvGrad.dB'],
      ['', 'first_grad/ConvGrad.dW'],
    ])
  })

  it('leaves aside what the loss does not use', () => {
    const { b, loss } = twoLayers()
    b.emit('Sigmoid', [b.value('w1')], {}, { name: 'metric' })
    expect(appended(b, () => appendGradients(b, loss, ['w1']))).not.toContain('SigmoidGrad')
  })

  it('adds up what several users of a value contribute, once', () => {
    const b = new GraphBuilder('shared')
    const x = b.input('x', 'float32', [3])
    const loss = sum(b, b.emit('Add', [b.emit('Mul', [x, x]), b.emit('Exp', [x])]))
    const nodes = appended(b, () => appendGradients(b, loss, ['x']))
    expect(nodes.filter(op => op === 'Sum')).toHaveLength(1)
    const total = b.build().nodes.find(node => node.opType === 'Sum')!
    expect(total).toMatchObject({ name: 'AccumulateGrad_x_grad', inputs: expect.objectContaining({ length: 3 }) })
  })

  it('gives each parameter a gradient of its own', () => {
    const b = new GraphBuilder('alike')
    const [u, v] = ['u', 'v'].map(name => b.input(name, 'float32', [3]))
    const factor = b.input('factor', 'float32', [])
    const scaled = b.emit('Mul', [sum(b, b.emit('Add', [u!, v!])), factor])
    const gradients = [...appendGradients(b, scaled, ['u', 'v', 'factor']).values()]
    const results = new Set(b.build().nodes.flatMap(node => node.outputs))
    expect(new Set(gradients.map(gradient => gradient.name)).size).toBe(3)
    for (const { name } of gradients) expect(results).toContain(name)
  })

  it('differentiates by results of nodes as by inputs', () => {
    const b = new GraphBuilder('inner')
    const y = b.emit('Exp', [b.input('x', 'float32', [3])], {}, { outputs: ['y'] })
    const gradients = appendGradients(b, sum(b, b.emit('Mul', [y, y])), ['y', 'x'])
    expect([...gradients.keys()]).toEqual(['y', 'x'])
    expect(gradients.get('y')!.shape).toEqual([3])
  })

  it('multiplies by no constant 1', () => {
    const b = new GraphBuilder('product')
    const [u, v] = [b.input('u', 'float32', []), b.input('v', 'float32', [])]
    const loss = b.emit('Mul', [u, v])
    const nodes = appended(b, () => appendGradients(b, loss, ['u', 'v']))
    expect(nodes).toEqual(['Identity', 'Identity'])
  })

  it('takes nothing for constant that is trained', async () => {
    const b = new GraphBuilder('trained-constants')
    const x = b.input('x', 'float32', [2])
    const scalar = (name: string, value: number): Value =>
      b.initializer(name, tensor('float32', [], Float32Array.of(value)))
    const [one, two] = [scalar('one', 1), scalar('two', 2)]
    const squared = sum(b, b.emit('Pow', [b.emit('Mul', [one, x]), two]))
    const gradients = appendGradients(b, b.emit('Mul', [squared, one]), ['one', 'two'])
    const used = new Set(b.build().nodes.flatMap(node => node.inputs))
    expect(used).toContain('one')
    for (const name of ['one', 'two']) b.output(gradients.get(name)!, `d_${name}`)
    // The initializers move, and the gradients with them: of 3 (9 x1^2 + 9 x2^2) at one = 3, two = 2.
    const moved = b.build()
    const initializers = new Map(moved.initializers).set('one', tensor('float32', [], Float32Array.of(3)))
    const results = await runGraph({ ...moved, initializers }, { x: tensor('float32', [2], Float32Array.of(1, 2)) })
    expect(results.d_one!.data[0]).toBeCloseTo(3 * 9 * 5, 3)
    expect(results.d_two!.data[0]).toBeCloseTo(3 * (9 * Math.log(3) + 36 * Math.log(6)), 3)
  })

  it('is a sound graph for every spec, symbols and all, with the functions that it calls', () => {
    for (const spec of allSpecs) {
      const graph = backwardGraph(spec)
      checkGraph(graph)
      const called = new Set(graph.nodes.map(node => node.opType).filter(op => Object.hasOwn(localFunctions, op)))
      expect(new Set(graph.functions.map(fn => fn.name)), spec.name).toEqual(called)
      expect(graph.opsets).toMatchObject({ '': 17 })
    }
  })

  it('is the same each time', () => {
    const [first, second] = [twoLayers(), twoLayers()]
    for (const { b, loss } of [first, second]) appendGradients(b, loss, ['w1', 'w2', 'bias'])
    expect(first.b.build()).toEqual(second.b.build())
  })
})

describe('the backward pass refuses', () => {
  it('a parameter that the loss does not depend on', () => {
    const { b, loss } = twoLayers()
    b.input('unused', 'float32', [3])
    const error = errorOf(() => appendGradients(b, loss, ['w1', 'unused']))
    expect(error.code).toBe('E_CONFIG')
    expect(error.message).toContain('does not depend on "unused", float32[3]')
  })

  it('a parameter that acts through integers only', () => {
    const b = new GraphBuilder('argmax')
    const x = b.input('x', 'float32', [3])
    const loss = sum(b, b.emit('Cast', [b.emit('ArgMax', [x])], { to: 1 }))
    expect(errorOf(() => appendGradients(b, loss, ['x'])).code).toBe('E_CONFIG')
  })

  it('names of nothing and of integers', () => {
    const { b, loss } = twoLayers()
    b.input('labels', 'int64', ['P'])
    expect(errorOf(() => appendGradients(b, loss, ['w3'])).message).toContain('"w3"')
    const error = errorOf(() => appendGradients(b, loss, ['labels']))
    expect(error).toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('int64[P]') })
  })

  it('a loss that is no scalar of floating point', () => {
    const b = new GraphBuilder('vector')
    const x = b.input('x', 'float32', [3])
    const vector = b.emit('Exp', [x])
    expect(errorOf(() => appendGradients(b, vector, ['x']))).toMatchObject({
      code: 'E_SHAPE',
      message: expect.stringContaining('float32[3]'),
    })
    expect(errorOf(() => appendGradients(b, b.emit('Size', [x]), ['x'])).code).toBe('E_SHAPE')
  })

  it('an operator without a gradient, where one would have to pass', () => {
    const b = new GraphBuilder('scatter')
    const [x, updates] = [b.input('x', 'float32', [3]), b.input('updates', 'float32', [1])]
    const y = b.emit('ScatterElements', [x, b.ints([1]), updates], {}, { name: 'spread' })
    const error = errorOf(() => appendGradients(b, sum(b, y), ['x']))
    expect(error.code).toBe('E_OP_UNSUPPORTED')
    expect(error.message).toMatch(/node "spread" but received ScatterElements: scattering/)
  })

  it('an output that a rule needs and the node does not name', () => {
    const b = new GraphBuilder('no-mask')
    const inputs = [b.input('x', 'float32', [3]), b.scalar(0.5), b.constant(tensor('bool', [], Uint8Array.of(1)))]
    const error = errorOf(() => appendGradients(b, sum(b, b.emit('Dropout', inputs)), ['x']))
    expect(error.message).toMatch(/Dropout: its gradient needs output mask/)
  })

  it('a loss that depends on an output whose gradient no rule has', () => {
    const b = new GraphBuilder('statistics')
    const x = b.input('x', 'float32', ['P', 2, 3, 3])
    const vectors = ['scale', 'bias', 'mean', 'variance'].map(name => b.input(name, 'float32', [2]))
    const [y, mean] = b.emitAll('BatchNormInternal', [x, ...vectors], { training_mode: 1 }, 5, { name: 'norm' })
    const loss = b.emit('Add', [sum(b, y!), sum(b, mean!)])
    const error = errorOf(() => appendGradients(b, loss, ['x']))
    expect(error.message).toMatch(
      /node "norm" but received BatchNormInternal: the loss depends on its output running_mean/,
    )
  })

  it('batch-norm in training form that is not the training vocabulary', () => {
    const b = new GraphBuilder('training-form')
    const x = b.input('x', 'float32', ['P', 2, 3, 3])
    const vectors = ['scale', 'bias', 'mean', 'variance'].map(name => b.input(name, 'float32', [2]))
    const [y] = b.emitAll('BatchNormalization', [x, ...vectors], { training_mode: 1 }, 3)
    const error = errorOf(() => appendGradients(b, sum(b, y!), ['x']))
    expect(error.message).toContain('in training form it must be BatchNormInternal')
  })

  it('gradients with respect to what a rule holds for constant', () => {
    const b = new GraphBuilder('clip')
    const [x, max] = [b.input('x', 'float32', [3]), b.input('max', 'float32', [])]
    const loss = sum(b, b.emit('Clip', [x, null, max]))
    expect(errorOf(() => appendGradients(b, loss, ['max'])).message).toContain('its bounds have no gradient')
  })

  it('a gradient of the wrong shape or type', () => {
    const b = new GraphBuilder('wrong')
    const x = b.input('x', 'float32', [3])
    const loss = sum(b, b.emit('Exp', [x], {}, { name: 'exp' }))
    const rules = { ...gradientRules, Exp: () => [() => b.scalar(1)] }
    expect(errorOf(() => appendGradients(b, loss, ['x'], rules))).toMatchObject({
      code: 'E_SHAPE',
      message: 'Expected float32[3] for the gradient of input X of Exp node "exp" but received "float32[]".',
    })
  })
})
