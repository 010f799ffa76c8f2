import { describe, expect, it } from 'vitest'
import type { ModelSession } from '../../../src/model-session.js'
import { GraphBuilder } from '../../../src/onnx/builder.js'
import type { Graph } from '../../../src/onnx/graph.js'
import { parseModel } from '../../../src/onnx/parse.js'
import { elementCount, type Tensor, tensor } from '../../../src/tensor.js'
import { bindSizes } from '../../../src/training/session/bind-sizes.js'
import { SpecializedGraph } from '../../../src/training/session/specialized-graph.js'

/** P rows of Q groups: P must be a multiple of Q. */
function rows(): Graph {
  const b = new GraphBuilder('rows')
  const x = b.input('x', 'float32', ['P', 2])
  const groups = b.input('groups', 'float32', ['Q', 2])
  const perGroup = b.emit('Concat', [b.emit('Shape', [groups], { end: 1 }), b.ints([-1, 2])], { axis: 0 })
  b.output(b.emit('Add', [b.emit('Reshape', [x, perGroup]), b.emit('Unsqueeze', [groups, b.ints([1])])]), 'y')
  return b.build()
}

const feeds = (p: number, q: number): Record<string, Tensor> => ({
  x: tensor('float32', [p, 2], new Float32Array(2 * p)),
  groups: tensor('float32', [q, 2], new Float32Array(2 * q)),
})

/** A runtime that keeps a record of what is loaded, run and released, as `P/Q`. */
function fakeRuntime() {
  const events: string[] = []
  const state = { failing: false }
  const createSession = async (model: Uint8Array, where: string): Promise<ModelSession> => {
    const [x, groups] = parseModel(model, where).inputs.map(input => input.shape[0])
    const name = `${x}/${groups}`
    if (state.failing) throw new Error(`no memory for ${name}`)
    events.push(`load ${name}`)
    return {
      run: async () => {
        events.push(`run ${name}`)
        return {}
      },
      release: async () => {
        events.push(`release ${name}`)
      },
    }
  }
  const graph = new SpecializedGraph(rows(), graph => graph, createSession)
  const taken = () => events.splice(0)
  return { graph, state, taken }
}

describe('a graph that is specialized to its batch sizes', () => {
  it('is loaded once for each, and runs what fits', async () => {
    const { graph, taken } = fakeRuntime()
    await graph.run(feeds(4, 2))
    await graph.run(feeds(4, 2))
    await graph.run(feeds(6, 2))
    await graph.run(feeds(4, 2))
    expect(taken()).toEqual(['load 4/2', 'run 4/2', 'run 4/2', 'load 6/2', 'run 6/2', 'run 4/2'])
  })

  it('keeps the three sizes that were used last and frees others', async () => {
    const { graph, taken } = fakeRuntime()
    for (const p of [1, 2, 3, 1, 4, 1, 2]) await graph.run(feeds(p, 1))
    expect(taken().filter(event => !event.startsWith('run'))).toEqual([
      ...['load 1/1', 'load 2/1', 'load 3/1'],
      ...['load 4/1', 'release 2/1'],
      ...['load 2/1', 'release 3/1'],
    ])
    await graph.release()
    expect(taken().sort()).toEqual(['release 1/1', 'release 2/1', 'release 4/1'])
    await graph.release()
    expect(taken()).toEqual([])
  })

  it('is not spoilt by a session that could not be loaded, and keeps those that it has', async () => {
    const { graph, state, taken } = fakeRuntime()
    for (const p of [1, 2, 3]) await graph.run(feeds(p, 1))
    state.failing = true
    await expect(graph.run(feeds(4, 1))).rejects.toThrow('no memory for 4/1')
    await expect(graph.run(feeds(4, 1))).rejects.toThrow('no memory for 4/1')
    taken()
    for (const p of [1, 2, 3]) await graph.run(feeds(p, 1))
    expect(taken()).toEqual(['run 1/1', 'run 2/1', 'run 3/1'])
    state.failing = false
    await graph.run(feeds(4, 1))
    expect(taken()).toEqual(['load 4/1', 'release 1/1', 'run 4/1'])
    await graph.release()
  })

  it('runs in onnxruntime-node, the sizes changing', async () => {
    const { createModelSession } = await import('../../../src/model-session.node.js')
    const graph = new SpecializedGraph(rows(), graph => graph, createModelSession)
    for (const [p, q] of [
      [4, 2],
      [2, 1],
      [4, 2],
      [3, 3],
      [8, 4],
    ] as const) {
      const { y } = await graph.run(feeds(p, q))
      expect(y!.dims).toEqual([q, p / q, 2])
    }
    await graph.release()
  })
})

describe('tensors that do not fit are told of in one sentence', () => {
  const refused = async (changes: Record<string, Tensor | undefined>, message: string) => {
    const { graph, taken } = fakeRuntime()
    const changed = Object.fromEntries(Object.entries({ ...feeds(4, 2), ...changes }).filter(([, value]) => value))
    await expect(graph.run(changed as Record<string, Tensor>)).rejects.toMatchObject({ code: 'E_SHAPE', message })
    expect(taken()).toEqual([])
  }
  const zeros = (...dims: number[]): Tensor => tensor('float32', dims, new Float32Array(elementCount(dims)))

  it('missing', () => refused({ x: undefined }, 'Expected a tensor for input "x" but received nothing.'))

  it('of no input', () =>
    refused({ pieces: zeros(1) }, 'Expected one of the inputs x, groups for a fed tensor but received "pieces".'))

  it('of another size', () =>
    refused({ x: zeros(4, 3) }, 'Expected float32[P,2] for input "x" but received "float32[4,3]".'))

  it('of another rank', () =>
    refused({ x: zeros(8) }, 'Expected float32[P,2] for input "x" but received "float32[8]".'))

  it('of another type', () =>
    refused(
      { x: tensor('float64', [4, 2], new Float64Array(8)) },
      'Expected float32[P,2] for input "x" but received "float64[4,2]".',
    ))

  it('of size 0', () =>
    refused(
      { x: zeros(0, 2) },
      'Expected float32[P,2] of at least one element for input "x" but received "float32[0,2]".',
    ))

  it('with more or fewer elements than their shape says', () =>
    refused(
      { x: { type: 'float32', dims: [4, 2], data: new Float32Array(7) } },
      'Expected 8 elements for input "x" of shape [4,2] but received 7.',
    ))

  it('that are no tensors', () =>
    refused({ x: [1, 2, 3] as unknown as Tensor }, 'Expected float32[P,2] for input "x" but received [1, 2, 3].'))

  it('of sizes that do not go together', () =>
    refused(
      { groups: zeros(3, 2) },
      'Expected batch sizes that fit together for graph "rows" but received "P = 4, Q = 3".',
    ))

  it('with one symbol for two sizes', () => {
    const b = new GraphBuilder('symbols')
    const inputs = [b.input('a', 'float32', ['N']), b.input('b', 'float32', ['N', 'constructor'])]
    expect(bindSizes(inputs, { a: zeros(2), b: zeros(2, 5) })).toEqual({ N: 2, constructor: 5 })
    expect(() => bindSizes(inputs, { a: zeros(2), b: zeros(3, 5) })).toThrow(
      'Expected float32[N,constructor], where N is 2, for input "b" but received "float32[3,5]".',
    )
  })
})
