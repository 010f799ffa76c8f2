import { describe, expect, it } from 'vitest'
import {
  addDims,
  broadcastShapes,
  divideDims,
  isStatic,
  multiplyDims,
  sameShape,
  scaleDim,
  windowDim,
} from '../../src/onnx/dims.js'
import type { Dim } from '../../src/onnx/graph.js'
import { Random } from '../../src/prng.js'

const floor = 'Math.floor('

/** The number that a dimension stands for, by JavaScript's own arithmetic. */
function evaluate(dim: Dim, symbols: Readonly<Record<string, number>>): number {
  if (typeof dim === 'number') return dim
  const code = dim.replaceAll('floor(', floor).replace(/\b[PQR]\b/g, name => `(${symbols[name]})`)
  return new Function(`return ${code}`)() as number
}

describe('products and quotients', () => {
  it('of numbers are numbers', () => {
    expect(multiplyDims([2, 3, 4])).toBe(24)
    expect(multiplyDims([])).toBe(1)
    expect(divideDims(12, 4)).toBe(3)
    expect(divideDims(12, 5)).toBeNull()
  })

  it('are written with the coefficient first, symbols in order, divisors last', () => {
    expect(multiplyDims(['Q', 4, 'P'])).toBe('4*P*Q')
    expect(divideDims('P', 'Q')).toBe('P/Q')
    expect(divideDims(multiplyDims(['P', 128]), multiplyDims(['Q', 64]))).toBe('2*P/Q')
    expect(divideDims('P', 6)).toBe('P/6')
    expect(multiplyDims(['P', 'P'])).toBe('P*P')
    expect(divideDims(4, 'P')).toBe('4/P')
  })

  it('cancel', () => {
    expect(multiplyDims(['P/Q', 'Q'])).toBe('P')
    expect(divideDims('P', 'P')).toBe(1)
    expect(divideDims('6*P', '2*P')).toBe(3)
    expect(multiplyDims(['P/6', 6])).toBe('P')
    expect(divideDims('12*(P+1)', '(P+1)')).toBe(12)
  })

  it('with 0 are 0, and nothing is divided by it', () => {
    expect(multiplyDims([0, 'P'])).toBe(0)
    expect(divideDims(0, 'P')).toBe(0)
    expect(divideDims('P', 0)).toBeNull()
    expect(divideDims(0, 0)).toBeNull()
  })

  it('that are no whole number are none', () => {
    expect(divideDims('4*P', '6*P')).toBeNull()
  })
})

describe('sums', () => {
  it('collect what is alike', () => {
    expect(addDims([2, 3])).toBe(5)
    expect(addDims([])).toBe(0)
    expect(addDims(['P', 0])).toBe('P')
    expect(addDims(['P', 1])).toBe('(P+1)')
    expect(addDims(['P', -1])).toBe('(P-1)')
    expect(addDims(['P', 'P'])).toBe('2*P')
    expect(addDims(['Q', 'P'])).toBe('(P+Q)')
    expect(addDims([addDims(['P', 1]), 1])).toBe('(P+2)')
    expect(addDims([addDims(['P', 1]), -1])).toBe('P')
    expect(addDims(['P', multiplyDims(['P', -1])])).toBe(0)
    expect(addDims([5, multiplyDims(['P', -1])])).toBe('-1*(P-5)')
    expect(addDims([addDims([5, multiplyDims(['P', -1])]), 'P'])).toBe(5)
    expect(addDims(['P/2', 'P/2'])).toBe('P')
    expect(addDims(['(P+Q)', '(P-Q)'])).toBe('2*P')
  })

  it('are factors of products', () => {
    const sum = addDims(['P', 1])
    expect(multiplyDims([sum, 4])).toBe('4*(P+1)')
    expect(divideDims(multiplyDims([sum, 4]), 4)).toBe('(P+1)')
    expect(divideDims(multiplyDims([sum, 'Q']), sum)).toBe('Q')
  })
})

describe('sizes of windows and of resized pictures', () => {
  it('are numbers where the size is', () => {
    expect(windowDim(224, 2 - 3, 2)).toBe(112)
    expect(windowDim(7, -2, 2)).toBe(3)
    expect(scaleDim(5, 0.5)).toBe(2)
  })

  it('are expressions where it is not', () => {
    expect(windowDim('H', 0, 1)).toBe('(H+1)')
    expect(windowDim('H', -1, 1)).toBe('H')
    expect(windowDim('H', -1, 2)).toBe('(floor((H-1)/2)+1)')
    expect(windowDim('H', 0, 2)).toBe('(floor(H/2)+1)')
    expect(windowDim(windowDim('H', -1, 2), -1, 2)).toBe('(floor(floor((H-1)/2)/2)+1)')
    expect(scaleDim('H', 2)).toBe('2*H')
    expect(scaleDim('H', 0.5)).toBe('floor(H*0.5)')
  })

  it('round the product to float32 before the fraction is cut, as ONNX Runtime does', () => {
    expect(scaleDim(3, Math.fround(7 / 3))).toBe(7)
    expect(scaleDim(10, Math.fround(0.7))).toBe(7)
  })
})

describe('random expressions', () => {
  const random = Random.from(7, 'dims')
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!

  /** A dimension and how to compute it from the symbols' values without this package. */
  function expression(depth: number): { dim: Dim; value: (symbols: Record<string, number>) => number } {
    if (depth === 0 || random.chance(0.2)) {
      if (random.chance(0.3)) {
        const number = random.integer(5)
        return { dim: number, value: () => number }
      }
      const name = pick(['P', 'Q', 'R'])
      return { dim: name, value: symbols => symbols[name]! }
    }
    const [a, b] = [expression(depth - 1), expression(depth - 1)]
    const number = 1 + random.integer(4)
    switch (random.integer(4)) {
      case 0:
        return { dim: multiplyDims([a.dim, b.dim]), value: symbols => a.value(symbols) * b.value(symbols) }
      case 1:
        return { dim: addDims([a.dim, b.dim, -number]), value: symbols => a.value(symbols) + b.value(symbols) - number }
      case 2:
        return {
          dim: windowDim(a.dim, -number, 2),
          value: symbols => Math.floor((a.value(symbols) - number) / 2) + 1,
        }
      default:
        return { dim: multiplyDims([a.dim, number]), value: symbols => number * a.value(symbols) }
    }
  }

  it('have the value that they say', () => {
    for (let i = 0; i < 500; i++) {
      const { dim, value } = expression(4)
      const symbols = { P: 1 + random.integer(9), Q: 1 + random.integer(9), R: 1 + random.integer(9) }
      expect(evaluate(dim, symbols), String(dim)).toBeCloseTo(value(symbols), 6)
    }
  })

  it('do not depend on the order or grouping of sums and products, and undo', () => {
    for (let i = 0; i < 300; i++) {
      const [a, b, c] = [expression(3).dim, expression(3).dim, expression(3).dim]
      for (const operate of [addDims, multiplyDims]) {
        const all = operate([a, b, c])
        expect(operate([c, a, b])).toBe(all)
        expect(operate([operate([a, b]), c])).toBe(all)
        expect(operate([a, operate([b, c])])).toBe(all)
        expect(operate([all])).toBe(all)
      }
      expect(addDims([a, b, multiplyDims([a, -1])])).toBe(addDims([b]))
      if (multiplyDims([a, b]) !== 0) expect(divideDims(multiplyDims([a, b]), a)).toBe(multiplyDims([b]))
    }
  })
})

describe('expressions without end', () => {
  it('are refused instead of growing', () => {
    const refused = expect.objectContaining({ code: 'E_SHAPE' })
    let power: Dim = 'P'
    expect(() => {
      for (let i = 0; i < 60; i++) power = multiplyDims([power, power])
    }).toThrow(refused)
    let sum: Dim = 'P'
    expect(() => {
      for (let i = 0; i < 2000; i++) sum = windowDim(sum, i, 3)
    }).toThrow(refused)
    expect(() => multiplyDims([2 ** 40, 2 ** 40])).toThrow(refused)
  })
})

describe('shapes', () => {
  it('are static without symbols', () => {
    expect(isStatic([1, 2])).toBe(true)
    expect(isStatic([])).toBe(true)
    expect(isStatic([1, 'P'])).toBe(false)
  })

  it('are the same with equal symbols', () => {
    expect(sameShape(['P', 2], ['P', 2])).toBe(true)
    expect(sameShape(['P', 2], ['Q', 2])).toBe(false)
    expect(sameShape([2], [2, 1])).toBe(false)
  })

  it.each([
    [
      [[2, 3], [3]],
      [2, 3],
    ],
    [
      [
        [2, 1],
        [1, 3],
      ],
      [2, 3],
    ],
    [[[], [4]], [4]],
    [[[]], []],
    [[], []],
    [[[1], [1], [5]], [5]],
    [
      [
        ['P', 3],
        [1, 3],
      ],
      ['P', 3],
    ],
    [
      [
        ['P', 1],
        ['P', 3],
      ],
      ['P', 3],
    ],
    [[[0], [1]], [0]],
    [[[2], [3]], null],
    [[['P'], ['Q']], null],
    [[['P'], [2]], null],
    [[[0], [2]], null],
  ] as [Dim[][], Dim[] | null][])('%j broadcast to %j', (shapes, result) => {
    expect(broadcastShapes(shapes)).toEqual(result)
  })
})
