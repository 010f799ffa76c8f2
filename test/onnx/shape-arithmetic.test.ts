import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Value } from '../../src/onnx/graph.js'
import { specialize } from '../../src/onnx/rewrite.js'
import { tensor } from '../../src/tensor.js'

const refused = (what: string) => expect.objectContaining({ code: 'E_SHAPE', message: expect.stringContaining(what) })

function builder() {
  const b = new GraphBuilder('shapes')
  const x = b.input('x', 'float32', ['P', 3, 'H', 8])
  const shape = b.emit('Shape', [x])
  const at = (...indices: number[]): Value => b.emit('Gather', [shape, b.ints(indices)])
  return { b, x, shape, at }
}

describe('shapes that a graph computes', () => {
  it('are known, symbols included', () => {
    const { b, x, shape, at } = builder()
    expect(b.knownValues(shape)).toEqual(['P', 3, 'H', 8])
    expect(b.knownValues(b.emit('Shape', [x], { start: 1, end: -1 }))).toEqual([3, 'H'])
    expect(b.knownValues(b.emit('Size', [x]))).toEqual(['24*H*P'])
    expect(b.knownValues(at(0, -1))).toEqual(['P', 8])
    expect(b.knownValues(b.emit('Slice', [shape, b.ints([1]), b.ints([3])]))).toEqual([3, 'H'])
    expect(b.knownValues(b.emit('Slice', [shape, b.ints([-2]), b.ints([2 ** 40])]))).toEqual(['H', 8])
    expect(b.knownValues(b.emit('Concat', [at(0), b.ints([-1])], { axis: 0 }))).toEqual(['P', -1])
    const scalar = b.emit('Gather', [shape, b.scalar(2, 'int64')])
    expect(scalar.shape).toEqual([])
    expect(b.knownValues(b.emit('Unsqueeze', [scalar, b.ints([0])]))).toEqual(['H'])
    expect(b.knownValues(b.emit('Squeeze', [at(2)]))).toEqual(['H'])
  })

  it('are computed with', () => {
    const { b, at } = builder()
    expect(b.knownValues(b.emit('Mul', [at(0), at(1, 3)]))).toEqual(['3*P', '8*P'])
    expect(b.knownValues(b.emit('Add', [at(0, 2), b.scalar(1, 'int64')]))).toEqual(['(P+1)', '(H+1)'])
    expect(b.knownValues(b.emit('Sub', [at(0), at(0)]))).toEqual([0])
    expect(b.knownValues(b.emit('Sub', [b.emit('Add', [at(0), at(2)]), at(0)]))).toEqual(['H'])
    expect(b.knownValues(b.emit('Div', [at(0), at(2)]))).toEqual(['P/H'])
    expect(b.knownValues(b.emit('Div', [at(3), b.ints([0])]))).toBeNull()
    expect(b.knownValues(b.emit('Cast', [at(0, 3)], { to: 6 }))).toEqual(['P', 8])
  })

  it('shape what Reshape, Expand, Tile and Resize give', () => {
    const { b, x, shape, at } = builder()
    const target = b.emit('Concat', [at(0), b.ints([-1]), at(3)], { axis: 0 })
    const rows = b.emit('Reshape', [x, target])
    expect(rows.shape).toEqual(['P', '3*H', 8])
    expect(b.emit('Reshape', [rows, shape]).shape).toEqual(['P', 3, 'H', 8])
    expect(b.emit('Expand', [b.scalar(0), shape]).shape).toEqual(['P', 3, 'H', 8])
    expect(b.emit('ConstantOfShape', [at(2, 1)]).shape).toEqual(['H', 3])
    expect(b.emit('Tile', [x, at(1, 1, 0, 1)]).shape).toEqual(['3*P', 9, 'H*P', 24])
    const sizes = b.emit('Concat', [at(0, 1), b.ints([16, 16])], { axis: 0 })
    expect(b.emit('Resize', [x, null, null, sizes]).shape).toEqual(['P', 3, 16, 16])
    expect(b.emit('OneHot', [at(0), at(3), b.ints([0, 1])]).shape).toEqual([1, 8])
  })

  it('put numbers in when the symbols get theirs', () => {
    const { b, x, at } = builder()
    b.output(
      b.emit('Reshape', [x, b.emit('Concat', [b.emit('Div', [at(0), b.ints([2])]), b.ints([-1])], { axis: 0 })]),
      'y',
    )
    const graph = b.build()
    expect(graph.outputs[0]!.shape).toEqual(['P/2', '48*H'])
    expect(specialize(graph, { P: 6, H: 5 }).outputs[0]!.shape).toEqual([3, 240])
    expect(specialize(graph, { P: 6 }).outputs[0]!.shape).toEqual([3, '48*H'])
    expect(() => specialize(graph, { P: 5, H: 4 })).not.toThrow()
  })

  it('come out of Constant nodes, as other tools write them', () => {
    const { b, x } = builder()
    const list = b.emit('Constant', [], { value: tensor('int64', [2], BigInt64Array.of(0n, -1n)) })
    expect(b.emit('Reshape', [x, list]).shape).toEqual(['P', '24*H'])
    const ints = b.emit('Constant', [], { value_ints: [0, -1] })
    expect(ints.type).toBe('int64')
    expect(b.emit('Reshape', [x, ints]).shape).toEqual(['P', '24*H'])
    const axis = b.emit('Constant', [], { value_int: 0 })
    expect([axis.type, axis.shape]).toEqual(['int64', []])
    expect(b.knownValues(b.emit('Gather', [b.emit('Shape', [x]), axis]))).toEqual(['P'])
    const scales = b.emit('Constant', [], { value_floats: [1, 1, 2, 2] })
    expect(b.emit('Resize', [x, null, scales]).shape).toEqual(['P', 3, '2*H', 16])
    expect(() => b.emit('Constant', [])).toThrow(refused('one of'))
    expect(() => b.emit('Constant', [], { value_int: 1, value_float: 1 })).toThrow(refused('one of'))
  })

  it('are not known where an index is not, or does not exist', () => {
    const { b, shape, at } = builder()
    expect(b.knownValues(b.emit('Gather', [shape, b.input('i', 'int64', [1])]))).toBeNull()
    expect(b.knownValues(b.emit('Gather', [shape, at(0)]))).toBeNull()
    expect(b.knownValues(at(4))).toBeNull()
    expect(b.knownValues(at(-5))).toBeNull()
  })

  it('are numbers of their type', () => {
    const { b, at } = builder()
    const half = b.emit('Mul', [b.scalar(0.5), b.scalar(3)])
    expect(b.knownValues(half)).toEqual([1.5])
    const float = b.emit('Cast', [at(0)], { to: 1 })
    expect(b.knownValues(b.emit('Mul', [float, b.scalar(0.5)]))).toBeNull()
    expect(b.knownValues(b.emit('Mul', [float, b.scalar(2)]))).toEqual(['2*P'])
    expect(b.knownValues(b.emit('Cast', [b.scalar(3)], { to: 9 }))).toEqual([1])
    expect(b.knownValues(b.emit('Mul', [b.scalar(2 ** 40, 'int64'), b.scalar(2 ** 40, 'int64')]))).toBeNull()
    const none = b.emit('Mul', [b.ints([]), b.ints([3])])
    expect([none.shape, b.knownValues(none)]).toEqual([[0], []])
  })

  it('are forgotten where they are long: nothing doubles without end', () => {
    const { b } = builder()
    let list = b.ints([1, 2])
    for (let i = 0; i < 50; i++) list = b.emit('Concat', [list, list], { axis: 0 }, { name: 'double' })
    expect(b.knownValues(list)).toBeNull()
    expect(list.shape[0]).toBeGreaterThan(2 ** 50)
  })

  it('never get thousands of axes', () => {
    const { b } = builder()
    let indices = b.input('i', 'int64', [1, 1, 1])
    expect(() => {
      for (let i = 0; i < 40; i++) indices = b.emit('Gather', [indices, indices])
    }).toThrow(refused('at most 64 axes'))
  })
})
