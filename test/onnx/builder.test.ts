import { describe, expect, it } from 'vitest'
import { LocatorError } from '../../src/errors.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import { printGraph } from '../../src/onnx/print.js'
import { tensor } from '../../src/tensor.js'

const messageOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(LocatorError)
    return `${(error as LocatorError).code}: ${(error as LocatorError).message}`
  }
  throw new Error('nothing was thrown')
}

/** Two layers, one of them in a scope, with constants. */
function twoLayers() {
  const b = new GraphBuilder('two layers')
  const x = b.input('x', 'float32', ['P', 3, 8, 8])
  const w = b.input('w', 'float32', [4, 3, 3, 3])
  const hidden = b.scope('first', () => b.emit('Relu', [b.emit('Conv', [x, w], { pads: [1, 1, 1, 1] })]))
  const scaled = b.emit('Mul', [hidden, b.scalar(0.5)])
  b.output(b.emit('ReduceSum', [scaled, b.ints([2, 3])], { keepdims: 0 }), 'y')
  return b
}

describe('names', () => {
  it('depend on nothing but the order of the calls', () => {
    expect(printGraph(twoLayers().build())).toBe(printGraph(twoLayers().build()))
    expect(twoLayers().build()).toEqual(twoLayers().build())
  })

  it('are the operator, counted, within their scopes', () => {
    const b = new GraphBuilder('names')
    const x = b.input('x', 'float32', [2])
    expect(b.emit('Relu', [x]).name).toBe('Relu.Y')
    expect(b.emit('Relu', [x]).name).toBe('Relu_1.Y')
    expect(b.scope('a', () => b.scope('b', () => b.emit('Relu', [x]))).name).toBe('a/b/Relu.Y')
    expect(b.scope('a', () => b.emit('Relu', [x], {}, { name: 'gate' })).name).toBe('a/gate.Y')
    expect(b.emit('Relu', [x], {}, { outputs: ['result'] }).name).toBe('result')
    expect(b.emitAll('Split', [b.input('pair', 'float32', [2])], {}, 2).map(part => part!.name)).toEqual([
      'Split.outputs.0',
      'Split.outputs.1',
    ])
    expect(b.build().nodes.map(node => node.name)).toEqual(['Relu', 'Relu_1', 'a/b/Relu', 'a/gate', 'Relu_2', 'Split'])
  })

  it('leave a scope that fails', () => {
    const b = new GraphBuilder('names')
    const x = b.input('x', 'float32', [2])
    const fail = () => {
      throw new Error('within')
    }
    expect(() => b.scope('broken', fail)).toThrow('within')
    expect(b.emit('Relu', [x]).name).toBe('Relu.Y')
  })

  it('are taken once', () => {
    const b = new GraphBuilder('names')
    const x = b.input('x', 'float32', [2])
    const again = { outputs: ['x'] }
    expect(messageOf(() => b.input('x', 'float32', [2]))).toBe(
      'E_SHAPE: Expected a new name for a value of graph "names" but received "x".',
    )
    expect(messageOf(() => b.initializer('x', tensor('float32', [], Float32Array.of(1))))).toContain('a new name')
    expect(messageOf(() => b.emit('Relu', [x], {}, again))).toContain('a new name')
    expect(messageOf(() => b.input('', 'float32', [2]))).toContain('received ""')
    const other = new GraphBuilder('names')
    expect(other.emit('Relu', [other.input('Relu.Y', 'float32', [2])]).name).toBe('Relu.Y_1')
  })
})

describe('constants', () => {
  it('are stored once, whatever else they are called', () => {
    const b = new GraphBuilder('constants')
    const half = b.scalar(0.5)
    expect(b.scalar(0.5)).toBe(half)
    expect(b.ints([0, 1])).toBe(b.ints([0, 1]))
    expect(half.name).toBe('float32[](0.5)')
    expect(b.ints([0, 1]).name).toBe('int64[2](0,1)')
    expect(b.scalar(1)).not.toBe(b.scalar(1, 'int64'))
    expect(b.ints([1])).not.toBe(b.scalar(1, 'int64'))
    const long = () => b.constant(tensor('float32', [100], new Float32Array(100).fill(3)))
    expect(long()).toBe(long())
    expect(long().name).toMatch(/^float32\[100\]\([0-9a-f]+\)$/)
    expect(b.build().initializers.size).toBe(6)
  })

  it('tell 0 from -0', () => {
    const b = new GraphBuilder('constants')
    const [zero, negative] = [b.scalar(0), b.scalar(-0)]
    expect(negative).not.toBe(zero)
    expect([b.scalar(0), b.scalar(-0)]).toEqual([zero, negative])
    expect(b.build().initializers.size).toBe(2)
  })

  it('of an earlier pass are found again', () => {
    const first = new GraphBuilder('constants')
    first.output(first.emit('Add', [first.input('x', 'float32', [2]), first.scalar(2)]))
    const second = GraphBuilder.from(first.build())
    second.output(second.emit('Mul', [second.value('Add.C'), second.scalar(2)]))
    expect([...second.build().initializers.keys()]).toEqual(['float32[](2)'])
  })
})

describe('a mistake is named', () => {
  const b = new GraphBuilder('mistakes')
  const x = b.input('x', 'float32', ['P', 3, 8, 8])
  const w = b.input('w', 'float32', [4, 2, 3, 3])

  it('with operator, node, all inputs, what was expected and what came', () => {
    expect(messageOf(() => b.scope('head', () => b.emit('Conv', [x, w])))).toBe(
      'E_SHAPE: Expected X with 2 x 1 channels for the inputs of Conv node "head/Conv" (X: float32[P,3,8,8] "x", W: float32[4,2,3,3] "w") ' +
        'but received X: float32[P,3,8,8] "x", W: float32[4,2,3,3] "w".',
    )
    expect(messageOf(() => b.emit('Gather', [x, w]))).toBe(
      'E_SHAPE: Expected whole numbers as indices for input indices of Gather node "Gather" (data: float32[P,3,8,8] "x", ' +
        'indices: float32[4,2,3,3] "w") but received indices: float32[4,2,3,3] "w".',
    )
    expect(messageOf(() => b.emit('Concat', [x, null], { axis: 0 }))).toBe(
      'E_SHAPE: Expected a value for input inputs[1] for input inputs[1] of Concat node "Concat" (inputs[0]: float32[P,3,8,8] "x", ' +
        'inputs[1]: none) but received inputs[1]: none.',
    )
  })

  it('where a value belongs to another graph', () => {
    const foreign = new GraphBuilder('other').input('x', 'float32', [2])
    expect(messageOf(() => b.emit('Relu', [foreign]))).toBe(
      'E_SHAPE: Expected a value of graph "mistakes" for Relu node "Relu" but received "x", float32[2].',
    )
  })

  it('where an operator is unknown, also in the domain', () => {
    const node = { name: 'n', inputs: [x], outputs: ['y'], attributes: {} }
    expect(messageOf(() => b.addNode({ ...node, opType: 'Loop', domain: '' }))).toBe(
      'E_OP_UNSUPPORTED: Expected an operator that this package knows for node "n" but received "Loop".',
    )
    expect(messageOf(() => b.addNode({ ...node, opType: 'Relu', domain: 'ai.other' }))).toContain('"ai.other.Relu"')
    expect(messageOf(() => b.addNode({ ...node, opType: 'toString', domain: '' }))).toContain('"toString"')
    expect(messageOf(() => b.addNode({ ...node, opType: 'nchwc.Conv', domain: '' }))).toContain('"nchwc.Conv"')
  })

  it('where an attribute is unknown, of another kind or missing', () => {
    const emit = (attributes: object) => messageOf(() => b.emit('Transpose', [x], attributes))
    expect(emit({ axes: [0] })).toBe(
      'E_OP_UNSUPPORTED: Expected an attribute of Transpose for node "Transpose" but received "axes".',
    )
    expect(emit({ toString: 1 })).toContain('an attribute of Transpose')
    expect(emit({ perm: 1 })).toBe(
      'E_SHAPE: Expected whole numbers for attribute "perm" of Transpose node "Transpose_2" but received 1.',
    )
    expect(emit({ perm: [0.5] })).toContain('whole numbers')
    expect(emit({ perm: ['0'] })).toContain('whole numbers')
    expect(messageOf(() => b.emit('Concat', [x], {}))).toContain('Expected the attribute "axis" for Concat node')
    expect(messageOf(() => b.emit('Softmax', [x], { axis: 2 ** 53 }))).toContain('a whole number')
    expect(messageOf(() => b.emit('HardSigmoid', [x], { alpha: 'x' as never }))).toContain('a number')
    expect(messageOf(() => b.emit('Pad', [x, b.ints([])], { mode: 1 as never }))).toContain('a text')
    expect(messageOf(() => b.emit('Constant', [], { value: 1 as never }))).toContain('a tensor')
    expect(messageOf(() => b.emit('HardSigmoid', [x], { alpha: { reference: 'alpha' } as never }))).toContain(
      'a number',
    )
  })

  it('where more outputs are named than there are, or one that must be there is not', () => {
    expect(messageOf(() => b.emitAll('Relu', [x], {}, 2))).toContain('Expected at most 1 outputs for')
    expect(messageOf(() => b.emitAll('BatchNormalization', [x, w, w, w, w], {}, 4))).toContain('at most 3 outputs')
    expect(messageOf(() => b.emit('Relu', [x], {}, { outputs: [''] }))).toContain('a name for output Y')
    const none = { opType: 'Relu', domain: '', name: 'n', inputs: [x], outputs: [], attributes: {} }
    expect(messageOf(() => b.addNode(none))).toContain('a name for output Y')
  })

  it('where a sequence of tensors is taken for a tensor', () => {
    const sequence = b.input('tensors', 'float32', [], true)
    expect(messageOf(() => b.emit('Relu', [sequence]))).toContain('Expected a tensor for input X of Relu node "Relu')
  })

  it('where a value is asked for that does not exist', () => {
    expect(messageOf(() => b.value('nowhere'))).toBe(
      'E_SHAPE: Expected a value that was emitted before for graph "mistakes" but received "nowhere".',
    )
  })

  it('and leaves no node behind', () => {
    expect(b.build().nodes).toEqual([])
  })
})

describe('a graph', () => {
  it('knows every type and shape', () => {
    const graph = twoLayers().build()
    checkGraph(graph)
    expect(graph.outputs).toEqual([{ name: 'y', type: 'float32', shape: ['P', 4] }])
    expect(graph.values.get('first/Conv.Y')).toEqual({ name: 'first/Conv.Y', type: 'float32', shape: ['P', 4, 8, 8] })
    expect(graph.values.get('Mul.C')!.shape).toEqual(['P', 4, 8, 8])
  })

  it('gives a value out under another name by an Identity, and each name once', () => {
    const b = new GraphBuilder('outputs')
    const x = b.emit('Relu', [b.input('x', 'float32', [2])], {}, { outputs: ['a'] })
    b.output(x)
    b.output(x, 'b')
    expect(b.build().nodes.map(node => [node.opType, ...node.outputs])).toEqual([
      ['Relu', 'a'],
      ['Identity', 'b'],
    ])
    expect(messageOf(() => b.output(x))).toContain('each output once')
    expect(messageOf(() => b.output(x, 'b'))).toContain('a new name')
  })

  it('imports the operator sets that it uses, and carries the functions', () => {
    const b = new GraphBuilder('domains')
    const x = b.input('x', 'float32', [2])
    expect(b.build().opsets).toEqual({ '': 17 })
    b.emit('HardSwishGrad', [x, x])
    b.emit('ReluGrad', [x, x])
    const graph = b.build({ author: 'me' })
    expect(graph.opsets).toEqual({ '': 17, 'com.microsoft': 1, piece_locator: 1 })
    expect(graph.functions.map(fn => fn.name)).toEqual(['HardSwishGrad'])
    expect(graph.metadata).toEqual({ author: 'me' })
  })

  it('leaves out trailing inputs that are not there, and keeps the places of others', () => {
    const b = new GraphBuilder('optional')
    const x = b.input('x', 'float32', [2])
    b.emit('Clip', [x, null, null])
    b.emit('Clip', [x, null, b.scalar(1)])
    expect(b.build().nodes.map(node => node.inputs)).toEqual([['x'], ['x', '', 'float32[](1)']])
  })

  it('does not change when its builder goes on', () => {
    const b = twoLayers()
    const graph = b.build()
    const printed = printGraph(graph)
    b.output(b.emit('Relu', [b.value('y')]))
    expect(printGraph(graph)).toBe(printed)
  })

  it('continues as another that equals it', () => {
    const graph = twoLayers().build()
    const b = GraphBuilder.from(graph)
    for (const output of graph.outputs) b.output(b.value(output.name))
    expect(b.build()).toEqual(graph)
  })
})
