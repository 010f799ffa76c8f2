import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import { extractSubgraph } from '../../src/onnx/extract.js'
import type { Graph, Node } from '../../src/onnx/graph.js'
import { printGraph } from '../../src/onnx/print.js'
import { nodesLeadingTo, prune } from '../../src/onnx/prune.js'
import { rewrite, specialize } from '../../src/onnx/rewrite.js'
import { tensor } from '../../src/tensor.js'
import { runGraph } from '../support/run-graph.js'

const refused = (what: string, code = 'E_SHAPE') =>
  expect.objectContaining({ code, message: expect.stringContaining(what) })

/** y = relu(x w) + bias, and z, which nobody asks for. */
function small(): Graph {
  const b = new GraphBuilder('small')
  const x = b.input('x', 'float32', ['N', 3])
  const w = b.initializer('w', tensor('float32', [3, 2], Float32Array.of(1, 0, 0, 1, -1, 1)))
  b.input('unused', 'float32', [1])
  const hidden = b.emit('Relu', [b.emit('MatMul', [x, w], {}, { outputs: ['product'] })], {}, { outputs: ['hidden'] })
  b.emit('Exp', [b.initializer('spare', tensor('float32', [], Float32Array.of(1)))], {}, { outputs: ['z'] })
  b.emit('HardSwishGrad', [hidden, hidden], {}, { outputs: ['gradient'] })
  b.output(b.emit('Add', [hidden, b.scalar(0.1)], {}, { outputs: ['y'] }))
  return b.build({ key: 'value' })
}

const nodesOf = (graph: Graph): string[] => graph.nodes.map(node => node.opType)
const withNodes = (graph: Graph, change: (node: Node) => Node): Graph => ({ ...graph, nodes: graph.nodes.map(change) })

describe('the checker', () => {
  const graph = small()
  const typed = (name: string, type: object): Graph => {
    const values = new Map(graph.values)
    values.set(name, { ...values.get(name)!, ...type })
    return { ...graph, values }
  }

  it('finds nothing wrong in what a builder made', () => {
    expect(() => checkGraph(graph)).not.toThrow()
  })

  it.each<[string, Graph, string]>([
    [
      'two values of one name',
      withNodes(graph, node => (node.opType === 'Exp' ? { ...node, outputs: ['hidden'] } : node)),
      'a new name',
    ],
    ['a value with the name of an input', withNodes(graph, node => ({ ...node, outputs: ['x'] })), 'a new name'],
    ['nodes in the wrong order', { ...graph, nodes: [...graph.nodes].reverse() }, 'a value that an earlier node gives'],
    ['an input that nobody gives', withNodes(graph, node => ({ ...node, inputs: ['nobody'] })), '"nobody"'],
    ['a shape that is not the inferred one', typed('hidden', { shape: ['N', 3] }), 'float32[N,2] for value "hidden"'],
    ['another symbol', typed('hidden', { shape: ['M', 2] }), 'but received "float32[M,2]"'],
    ['an element type that is not the inferred one', typed('product', { type: 'float64' }), 'float64[N,2]'],
    ['an initializer of another type', typed('w', { shape: [2, 3] }), 'value "w"'],
    [
      'a type of a value that is not there',
      { ...graph, values: new Map(graph.values).set('ghost', graph.inputs[0]!) },
      '"ghost"',
    ],
    [
      'a value without a type',
      { ...graph, values: new Map([...graph.values].filter(([name]) => name !== 'product')) },
      '"product"',
    ],
    ['an output of another type', { ...graph, outputs: [{ ...graph.outputs[0]!, shape: ['N', 7] }] }, 'output "y"'],
    ['an output that is not there', { ...graph, outputs: [{ ...graph.outputs[0]!, name: 'none' }] }, '"none"'],
    [
      'a shape that does not fit',
      withNodes(graph, node => (node.opType === 'MatMul' ? { ...node, inputs: ['w', 'w'] } : node)),
      'inner sizes',
    ],
    [
      'an attribute of the wrong kind',
      withNodes(graph, node =>
        node.opType === 'Exp' ? { ...node, opType: 'Softmax', attributes: { axis: 'x' } } : node,
      ),
      'a whole number',
    ],
  ])('finds %s', (_, broken, what) => {
    expect(() => checkGraph(broken)).toThrow(refused(what))
  })

  it('finds an unknown operator, a function that does not come with it, and an operator set that is not named', () => {
    const unknown = withNodes(graph, node => ({ ...node, opType: 'Unknown' }))
    expect(() => checkGraph(unknown)).toThrow(refused('Unknown', 'E_OP_UNSUPPORTED'))
    expect(() => checkGraph({ ...graph, functions: [] })).toThrow(refused('piece_locator.HardSwishGrad'))
    expect(() => checkGraph({ ...graph, opsets: { '': 17 } })).toThrow(refused('piece_locator'))
  })
})

describe('pruning', () => {
  it('leaves what leads to the outputs, and the inputs', () => {
    const pruned = prune(small())
    checkGraph(pruned)
    expect(nodesOf(pruned)).toEqual(['MatMul', 'Relu', 'Add'])
    expect([...pruned.initializers.keys()]).toEqual(['w', 'float32[](0.10000000149011612)'])
    expect(pruned.inputs.map(input => input.name)).toEqual(['x', 'unused'])
    expect(pruned.functions).toEqual([])
    expect(pruned.opsets).toEqual({ '': 17 })
    expect(pruned.metadata).toEqual({ key: 'value' })
    expect(prune(pruned)).toEqual(pruned)
  })

  it('does not take an input that is left out for an output that is', () => {
    const b = new GraphBuilder('left out')
    const x = b.input('x', 'float32', [1, 1, 4, 4])
    const w = b.input('w', 'float32', [1, 1, 1, 1])
    b.emitAll('ConvGrad', [x, x, w], {}, 2, { outputs: ['', 'dw'] })
    b.output(b.emit('Clip', [x, null, b.scalar(1)]))
    expect(nodesOf(prune(b.build()))).toEqual(['Clip'])
    expect(nodesLeadingTo(b.build().nodes, ['dw']).map(node => node.opType)).toEqual(['ConvGrad'])
  })
})

describe('a part of a graph', () => {
  it('begins at values that were computed', async () => {
    const part = extractSubgraph(small(), 'part', ['hidden'], ['y'])
    checkGraph(part)
    expect(part.name).toBe('part')
    expect(part.inputs).toEqual([{ name: 'hidden', type: 'float32', shape: ['N', 2] }])
    expect(nodesOf(part)).toEqual(['Add'])
    const { y } = await runGraph(part, { hidden: tensor('float32', [1, 2], Float32Array.of(1, 2)) })
    expect([...(y!.data as Float32Array)]).toEqual([1.1, 2.1].map(Math.fround))
  })

  it('ends at values inside, and may begin at an initializer', () => {
    const part = extractSubgraph(small(), 'part', ['x', 'w'], ['product'])
    checkGraph(part)
    expect(part.inputs.map(input => input.name)).toEqual(['x', 'w'])
    expect(part.initializers.size).toBe(0)
    expect(part.outputs).toEqual([{ name: 'product', type: 'float32', shape: ['N', 2] }])
  })

  it('keeps the other outputs of a node that it begins within', () => {
    const b = new GraphBuilder('split')
    const x = b.input('x', 'float32', ['N', 4])
    const parts = b.emitAll(
      'BatchNormInternal',
      [x, ...['a', 'b', 'c', 'd'].map(name => b.input(name, 'float32', [4]))],
      {},
      5,
      {
        outputs: ['y', '', '', 'mean', 'inv'],
      },
    )
    b.output(b.emit('Mul', [parts[0]!, parts[3]!], {}, { outputs: ['result'] }))
    const part = extractSubgraph(b.build(), 'part', ['mean', 'x', 'a', 'b', 'c', 'd'], ['result'])
    checkGraph(part)
    expect(part.nodes[0]!.outputs).toEqual(['y', '', '', 'mean.computed', 'inv'])
  })

  it('needs every input named, and known', () => {
    expect(() => extractSubgraph(small(), 'part', [], ['y'])).toThrow(refused('"x"'))
    expect(() => extractSubgraph(small(), 'part', ['nowhere'], ['y'])).toThrow(refused('"nowhere"'))
    expect(() => extractSubgraph(small(), 'part', ['x'], ['nowhere'])).toThrow(refused('"nowhere"'))
  })
})

describe('rewriting', () => {
  it('copies what it is not told to replace', () => {
    expect(rewrite(small(), {})).toEqual(small())
    expect(rewrite(small(), { node: () => undefined })).toEqual(small())
  })

  it('replaces nodes; outputs keep their names', () => {
    const doubled = rewrite(small(), {
      node: ({ b, node, inputs }) => (node.opType === 'Relu' ? [b.emit('Add', [inputs[0]!, inputs[0]!])] : undefined),
    })
    checkGraph(doubled)
    expect(doubled.outputs.map(output => output.name)).toEqual(['y'])
    expect(nodesOf(doubled)).toEqual(['MatMul', 'Add', 'Exp', 'HardSwishGrad', 'Add'])
    const last = rewrite(small(), {
      node: ({ node, inputs }) => (node.opType === 'Add' ? [inputs[0]!] : undefined),
      output: (b, value, original) => {
        expect(original.name).toBe('y')
        return b.emit('Neg', [value])
      },
    })
    expect(last.outputs).toEqual([{ name: 'y', type: 'float32', shape: ['N', 2] }])
    expect(nodesOf(last).slice(-2)).toEqual(['Neg', 'Identity'])
  })

  it('refuses a node that reads what is not there any more', () => {
    const forgetful = () => rewrite(small(), { node: ({ node }) => (node.opType === 'Relu' ? [null] : undefined) })
    expect(forgetful).toThrow(refused('"hidden"'))
  })

  it('puts sizes in for symbols, all or some', () => {
    const b = new GraphBuilder('sizes')
    const [p, q] = [b.input('p', 'float32', ['P', 2, 'Q']), b.input('q', 'float32', ['Q', 'constructor'])]
    b.output(b.emit('Reshape', [p, b.ints([-1])]), 'flat')
    b.output(b.emit('MatMul', [p, q]), 'product')
    const graph = b.build()
    expect(specialize(graph, { P: 4, Q: 3 }).outputs.map(({ shape }) => shape)).toEqual([[24], [4, 2, 'constructor']])
    expect(specialize(graph, { Q: 3 }).outputs.map(({ shape }) => shape)).toEqual([['6*P'], ['P', 2, 'constructor']])
    expect(specialize(graph, {})).toEqual(graph)
  })
})

describe('the dump', () => {
  it('reads well', () => {
    const [dump, functions] = printGraph(small()).split('function ')
    expect(functions).toContain('piece_locator.HardSwishGrad(dY, X) -> (dX)')
    expect(dump).toBe(`graph "small" (ai.onnx 17, piece_locator 1)
  input  x: float32[N,3]
  input  unused: float32[1]
  const  w: float32[3,2] = 1 0 0 1 -1 1
  const  spare: float32[] = 1
  const  float32[](0.10000000149011612): float32[] = 0.1
  product: float32[N,2] = MatMul(x, w)
  hidden: float32[N,2] = Relu(product)
  z: float32[] = Exp(spare)
  gradient: float32[N,2] = piece_locator.HardSwishGrad(hidden, hidden)
  y: float32[N,2] = Add(hidden, float32[](0.10000000149011612))
  output y: float32[N,2]
`)
  })

  it('shows functions, attributes of every kind, outputs and inputs that are left out, sequences', () => {
    const b = new GraphBuilder('details')
    const x = b.input('x', 'float32', ['N', 1, 4, 4])
    b.emit('HardSigmoidGrad', [x, x], { alpha: 1 / 6 })
    b.emit('Pad', [x, b.ints([0, 0, 1, 1, 0, 0, 1, 1])], { mode: 'edge' })
    b.emit('Constant', [], { value: tensor('int64', [2], BigInt64Array.of(1n, 2n)) })
    b.emit('Constant', [], { value_floats: [0.1, 2] })
    b.emit('Clip', [x, null, b.scalar(1)])
    b.emitAll('ConvGrad', [x, x, b.input('w', 'float32', [1, 1, 1, 1])], { strides: [1, 1] }, 2, {
      outputs: ['', 'dw'],
    })
    b.input('tensors', 'float32', [], true)
    b.initializer('long', tensor('float32', [9], new Float32Array(9)))
    const lines = printGraph(b.build())
      .split('\n')
      .map(line => line.trim())
    for (const line of [
      'HardSigmoidGrad.dX: float32[N,1,4,4] = piece_locator.HardSigmoidGrad<alpha=0.16666667>(x, x)',
      'Pad.output: float32[N,1,6,6] = Pad<mode=edge>(x, int64[8](0,0,1,1,0,0,1,1))',
      'Constant.output: int64[2] = Constant<value=int64[2]>()',
      'Constant_1.output: float32[2] = Constant<value_floats=[0.1,2]>()',
      'Clip.output: float32[N,1,4,4] = Clip(x, _, float32[](1))',
      '_, dw: float32[1,1,1,1] = com.microsoft.ConvGrad<strides=[1,1]>(x, x, w)',
      'input  tensors: sequence(float32)',
      'const  long: float32[9]',
      'function piece_locator.HardSigmoidGrad(dY, Y) -> (dX)',
      'alpha = Constant<value_float=@alpha>()',
      'dX = Where(inside, scaled, zero)',
    ]) {
      expect(lines).toContain(line)
    }
  })

  it('is one line a value, whatever the names', () => {
    const b = new GraphBuilder('evil\nname')
    b.output(b.emit('Relu', [b.input('x\n\u001b[2J', 'float32', [1])]))
    const lines = printGraph(b.build()).split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[1]).toBe('  input  x\\n\\u001b[2J: float32[1]')
  })
})
