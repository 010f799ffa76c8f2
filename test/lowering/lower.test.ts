import { describe, expect, it } from 'vitest'
import { lower } from '../../src/lowering/lower.js'
import type { LoweringTable } from '../../src/lowering/lowering.js'
import { standardTable, standardTarget } from '../../src/lowering/standard/index.js'
import type { LoweringTarget } from '../../src/lowering/target.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Graph } from '../../src/onnx/graph.js'
import { serializeModel } from '../../src/onnx/serialize.js'
import { tensor } from '../../src/tensor.js'
import { buildCase, operatorCases } from '../support/operator-cases.js'
import { operatorFixture } from '../support/operator-fixtures.js'
import { runGraph } from '../support/run-graph.js'

const convolution = operatorCases.find(({ op }) => op === 'ConvGrad')!

function reluGradient(shape: readonly (number | string)[]): Graph {
  const b = new GraphBuilder('relu')
  b.output(b.emit('ReluGrad', [b.input('dy', 'float32', shape), b.input('y', 'float32', shape)]), 'dx')
  return b.build()
}

describe('the table', () => {
  it('is total over the training vocabulary, for the compiler', () => {
    const { ReluGrad: _, ...incomplete } = standardTable
    // @ts-expect-error ReluGrad is missing
    const table: LoweringTable = incomplete
    expect(table.ReluGrad).toBeUndefined()
  })

  it("of one target serves another's entries, and every form has a way in and a way out, for the compiler", () => {
    const table: LoweringTable<'blocked'> = standardTable
    expect(table).toBe(standardTable)
    // @ts-expect-error the way out is missing
    const conversions: LoweringTarget<'blocked'>['conversions'] = { blocked: { fromPlain: (_, value) => value } }
    expect(conversions.blocked.toPlain).toBeUndefined()
  })
})

describe('a lowered graph', () => {
  it('keeps the names of inputs and outputs and depends on nothing but the graph', () => {
    const { graph } = buildCase(convolution)
    const [once, twice] = [lower(graph, standardTarget), lower(graph, standardTarget)]
    expect(serializeModel(once)).toEqual(serializeModel(twice))
    expect(once.inputs).toEqual(graph.inputs)
    expect(once.outputs).toEqual(graph.outputs)
    expect(once.nodes[0]!.name).toMatch(/^ConvGrad\//)
  })

  it('holds what was standard as it was', () => {
    const b = new GraphBuilder('standard')
    b.output(b.emit('Relu', [b.emit('Add', [b.input('x', 'float32', ['N', 3]), b.scalar(1)])]), 'y')
    const graph = b.build()
    expect(serializeModel(lower(graph, standardTarget))).toEqual(serializeModel(graph))
  })

  it('holds no gradient that nobody reads', async () => {
    const { graph, feeds } = buildCase(convolution)
    const fixture = operatorFixture(convolution)
    for (const output of graph.outputs) {
      const lowered = lower({ ...graph, outputs: [output] }, standardTarget)
      const kinds = lowered.nodes.map(node => node.opType)
      expect(kinds.includes('ConvTranspose')).toBe(output.name === 'y0')
      expect(kinds.includes('Conv')).toBe(output.name === 'y1')
      const results = await runGraph(lowered, feeds)
      expect(Object.keys(results)).toEqual([output.name])
      expect(results[output.name]!.dims).toEqual(fixture[output.name]!.dims)
    }
  })

  it('keeps symbols where sizes do not matter, and asks for numbers where they do', () => {
    expect(lower(reluGradient(['N', 3]), standardTarget).outputs[0]).toMatchObject({ shape: ['N', 3] })
    const b = new GraphBuilder('symbolic')
    const [dy, x] = [b.input('dy', 'float32', ['N', 4, 5, 5]), b.input('x', 'float32', ['N', 2, 5, 5])]
    const all = [dy, x, b.input('w', 'float32', [4, 2, 3, 3])]
    const [dx, dw] = b.emitAll('ConvGrad', all, { pads: [1, 1, 1, 1] }, 2)
    b.output(dx!, 'dx')
    expect(lower(b.build(), standardTarget).outputs[0]).toMatchObject({ shape: ['N', 2, 5, 5] })
    b.output(dw!, 'dw')
    expect(() => lower(b.build(), standardTarget)).toThrow(
      expect.objectContaining({ code: 'E_SHAPE', message: expect.stringContaining('ConvGrad node "ConvGrad"') }),
    )
  })

  it('is refused where an operator or a use of one has no answer', () => {
    const graph = reluGradient([3])
    const foreign = { ...graph, nodes: graph.nodes.map(node => ({ ...node, opType: 'GeluGrad' })) }
    expect(() => lower(foreign, standardTarget)).toThrow(
      expect.objectContaining({ code: 'E_OP_UNSUPPORTED', message: expect.stringContaining('com.microsoft.GeluGrad') }),
    )
    const { graph: norm } = buildCase(operatorCases.find(({ op }) => op === 'BatchNormInternal')!)
    const nodes = norm.nodes.map(node => ({ ...node, attributes: { ...node.attributes, training_mode: 0 } }))
    expect(() => lower({ ...norm, nodes }, standardTarget)).toThrow(
      expect.objectContaining({ code: 'E_OP_UNSUPPORTED', message: expect.stringContaining('training_mode 1') }),
    )
  })
})

/** A target whose Relu works on doubled values, and whose Neg leaves values in the form that they are in. */
const doubling: LoweringTarget<'doubled'> = {
  name: 'blocked',
  table: {
    ...standardTable,
    Relu: context => [{ value: context.b.emit('Relu', [context.input(0, 'doubled')]), form: 'doubled' }],
    Neg: context => {
      const form = context.isIn(0, 'doubled') ? 'doubled' : 'plain'
      return [{ value: context.b.emit('Neg', [context.input(0, form)]), form }]
    },
  },
  conversions: {
    doubled: {
      fromPlain: (b, value) => b.emit('Mul', [value, b.scalar(2)]),
      toPlain: (b, value) => b.emit('Mul', [value, b.scalar(0.5)]),
    },
  },
}

describe('forms', () => {
  it('are converted where they must be, once, and never at the border of the graph', async () => {
    const b = new GraphBuilder('forms')
    const x = b.input('x', 'float32', [4])
    const [first, other] = [b.emit('Relu', [x]), b.emit('Relu', [x])]
    const second = b.emit('Relu', [first])
    b.output(first, 'first')
    b.output(b.emit('Add', [b.emit('Neg', [second]), b.emit('Add', [second, other])]), 'sum')
    const lowered = lower(b.build(), doubling)
    // x is doubled once for two readers; first, -second, second and other are halved once each.
    expect(lowered.nodes.filter(node => node.opType === 'Mul')).toHaveLength(5)
    const results = await runGraph(lowered, { x: tensor('float32', [4], Float32Array.of(-1, 0, 2, 3)) })
    expect([...results.first!.data]).toEqual([0, 0, 2, 3])
    expect([...results.sum!.data]).toEqual([0, 0, 2, 3])
  })
})
