import { describe, expect, it } from 'vitest'
import { differentiate, gradientName } from '../../src/autodiff/differentiate.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import type { Graph } from '../../src/onnx/graph.js'
import { printGraph } from '../../src/onnx/print.js'

/** A small network: convolution, batch-norm, hard-swish, pooling, linear layer, mean squared error. */
function network(): Graph {
  const b = new GraphBuilder('small')
  const x = b.input('x', 'float32', ['P', 3, 8, 8])
  const target = b.input('target', 'float32', ['P', 2])
  const parameter = (name: string, ...shape: number[]) => b.input(name, 'float32', shape)
  const conv = b.emit('Conv', [x, parameter('conv.weight', 4, 3, 3, 3)], { pads: [1, 1, 1, 1] }, { name: 'conv' })
  const state = ['weight', 'bias', 'running_mean', 'running_var'].map(name => parameter(`norm.${name}`, 4))
  const [normalized] = b.emitAll('BatchNormInternal', [conv, ...state], { training_mode: 1 }, 5, { name: 'norm' })
  const active = b.emit('HardSwish', [normalized!], {}, { name: 'act' })
  const pooled = b.emit('Flatten', [b.emit('GlobalAveragePool', [active], {}, { name: 'pool' })], {}, { name: 'flat' })
  const weights = [parameter('fc.weight', 2, 4), parameter('fc.bias', 2)]
  const y = b.emit('Gemm', [pooled, ...weights], { transB: 1 }, { name: 'fc' })
  const error = b.emit('Sub', [y, target], {}, { name: 'error' })
  const squared = b.emit('Mul', [error, error], {}, { name: 'squared' })
  const loss = b.emit('ReduceMean', [squared], { keepdims: 0 }, { name: 'mean', outputs: ['loss'] })
  b.output(loss)
  b.output(y, 'prediction')
  return b.build({ origin: 'test' })
}

const trainable = ['conv.weight', 'norm.weight', 'norm.bias', 'fc.weight', 'fc.bias']

describe('a differentiated graph', () => {
  const forward = network()
  const graph = differentiate(forward, 'loss', trainable)

  it('is sound and keeps inputs, outputs, nodes and metadata of the forward graph', () => {
    checkGraph(graph)
    expect(graph.inputs).toEqual(forward.inputs)
    expect(graph.outputs).toEqual(forward.outputs)
    expect(graph.metadata).toEqual(forward.metadata)
    expect(graph.nodes.slice(0, forward.nodes.length)).toEqual(forward.nodes)
  })

  it("has each parameter's gradient under its name, and no other parameter's", () => {
    for (const name of trainable)
      expect(graph.values.get(gradientName(name))?.shape).toEqual(forward.values.get(name)!.shape)
    expect(graph.values.has('norm.running_mean_grad')).toBe(false)
    expect(graph.values.has('x_grad')).toBe(false)
  })

  it('reads well', () => {
    const { nodes } = forward
    const backward = { ...graph, nodes: graph.nodes.slice(nodes.length) }
    expect(printGraph(backward)).toMatchSnapshot()
  })

  it('names two parameters of one gradient apart, and steps aside for taken names', () => {
    const b = new GraphBuilder('alike')
    const [u, v] = ['u', 'v'].map(name => b.input(name, 'float32', [3]))
    const inner = b.emit('Add', [u!, v!], {}, { outputs: ['inner'] })
    const loss = b.emit('ReduceSum', [b.emit('Exp', [inner])], { keepdims: 0 }, { outputs: ['loss'] })
    b.emit('Neg', [inner], {}, { outputs: ['inner_grad'] })
    b.output(loss)
    const both = differentiate(b.build(), 'loss', ['u', 'v'])
    checkGraph(both)
    expect(both.values.get('u_grad')).toMatchObject({ shape: [3] })
    expect(both.values.get('v_grad')).toMatchObject({ shape: [3] })
    expect(both.nodes.find(node => node.outputs.includes('inner_grad'))!.opType).toBe('Neg')
  })
})
