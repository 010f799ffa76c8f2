import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Value } from '../../src/onnx/graph.js'

describe('numbers that are known when a graph is built', () => {
  it('are divided as their type divides', () => {
    const b = new GraphBuilder('division')
    const quotient = (x: Value, y: Value) => b.knownValues(b.emit('Div', [x, y]))
    expect(quotient(b.scalar(7), b.scalar(2))).toEqual([3.5])
    expect(quotient(b.scalar(7, 'int64'), b.scalar(2, 'int64'))).toEqual([3])
  })

  it('lose their fraction where they become integers', () => {
    const b = new GraphBuilder('cast')
    expect(b.knownValues(b.emit('Cast', [b.scalar(-2.5)], { to: 7 }))).toEqual([-2])
    expect(b.knownValues(b.emit('Cast', [b.scalar(-2.5)], { to: 11 }))).toEqual([-2.5])
  })

  it('are forgotten in matrices, whose order is not kept', () => {
    const b = new GraphBuilder('matrix')
    const columns = [b.ints([1, 2]), b.ints([3, 4])].map(list => b.emit('Unsqueeze', [list, b.ints([1])]))
    const rows = b.emit('Reshape', [b.emit('Concat', columns, { axis: 1 }), b.ints([-1])])
    expect(b.knownValues(rows)).toBeNull()
  })

  it('count the elements of a Range', () => {
    const b = new GraphBuilder('range')
    const length = (start: number, limit: number, delta: number) =>
      b.emit(
        'Range',
        [start, limit, delta].map(value => b.scalar(value, 'int64')),
      ).shape[0]
    expect(length(0, 5, 1)).toBe(5)
    expect(length(1, 8, 3)).toBe(3)
    expect(length(5, 0, -2)).toBe(3)
    expect(length(5, 0, 1)).toBe(0)
    const batch = b.emit('Size', [b.input('x', 'float32', ['P'])])
    expect(b.emit('Range', [b.scalar(0, 'int64'), batch, b.scalar(1, 'int64')]).shape).toEqual(['P'])
  })
})
