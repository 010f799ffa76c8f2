import { describe, expect, test } from 'vitest'
import { cellAt, cellBox, cellCenter, cellCount, formatGrid, parseGrid, rowAndColumn } from '../../src/image/grid.js'

describe('parseGrid', () => {
  test('reads rows first', () => {
    expect(parseGrid('4x6', '--grid')).toEqual({ rows: 4, cols: 6 })
    expect(parseGrid(' 25X38 ', '--grid')).toEqual({ rows: 25, cols: 38 })
    expect(formatGrid(parseGrid('1x1000', '--grid'))).toBe('1x1000')
  })

  test.each(['', '4', '4by6', '0x6', '4x0', '4x1001', '-4x6', '4.5x6', '4x6x2', 'x', '4 x 6'])('refuses "%s"', text => {
    expect(() => parseGrid(text, '--grid')).toThrow(
      `Expected a grid as ROWSxCOLS, like 4x6, with sides of 1 to 1000 for --grid but received "${text}".`,
    )
  })
})

describe('cells', () => {
  const grid = { rows: 2, cols: 3 }

  test('are numbered row-major from the top left', () => {
    expect(cellCount(grid)).toBe(6)
    expect(rowAndColumn(grid, 4)).toEqual({ row: 1, col: 1 })
    expect(cellBox(grid, 5, 300, 100)).toEqual({ x: 200, y: 50, width: 100, height: 50 })
    expect(cellCenter(grid, 0)).toEqual({ x: 1 / 6, y: 0.25 })
  })

  test('contain their own centres, on any grid', () => {
    for (const { rows, cols } of [grid, { rows: 7, cols: 1 }, { rows: 25, cols: 38 }]) {
      for (let cell = 0; cell < rows * cols; cell++) {
        const { x, y } = cellCenter({ rows, cols }, cell)
        expect(cellAt({ rows, cols }, x, y)).toBe(cell)
      }
    }
  })

  test('include their left and top edges; the picture includes all of its own', () => {
    expect(cellAt({ rows: 2, cols: 2 }, 0.5, 0.5)).toBe(3)
    expect(cellAt({ rows: 2, cols: 2 }, 0.4999, 0.5)).toBe(2)
    expect(cellAt({ rows: 2, cols: 2 }, 1, 1)).toBe(3)
    expect(cellAt({ rows: 2, cols: 2 }, -0.1, 1.2)).toBe(2)
  })
})
