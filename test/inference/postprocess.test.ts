import { describe, expect, test } from 'vitest'
import { cellMasses, toLocateResult } from '../../src/inference/postprocess.js'
import type { Heatmap, LocateOptions } from '../../src/inference/types.js'
import { Random } from '../../src/prng.js'

const run = { timings: { decodeMs: 1, preprocessMs: 2, inferenceMs: 3, totalMs: 6 }, backend: 'cpu' } as const

function heatmap(width: number, height: number, at: Record<number, number>): Heatmap {
  const data = new Float32Array(width * height)
  for (const [location, mass] of Object.entries(at)) data[Number(location)] = mass
  return { data, width, height }
}

function locate(position: [number, number], attention: Heatmap, options: LocateOptions = {}) {
  const [x, y] = position
  return toLocateResult(
    { position: { x, y }, attention },
    { grid: { rows: 2, cols: 2 }, width: 400, height: 200 },
    options,
    run,
  )
}

describe('cellMasses', () => {
  test('adds what lies inside a cell and divides what lies across', () => {
    const attention = heatmap(3, 2, { 0: 0.5, 1: 0.3, 5: 0.2 })
    const masses = cellMasses(attention, { rows: 2, cols: 2 })
    expect([...masses].map(x => Number(x.toFixed(6)))).toEqual([0.65, 0.15, 0, 0.2])
  })

  test('keeps the sum on finer, coarser and odd grids', () => {
    const random = Random.from(3)
    const data = Float32Array.from({ length: 64 }, () => random.uniform() / 64)
    const sum = data.reduce((a, b) => a + b, 0)
    for (const [rows, cols] of [
      [1, 1],
      [2, 2],
      [3, 5],
      [7, 8],
      [25, 38],
    ] as const) {
      const masses = cellMasses({ data, width: 8, height: 8 }, { rows, cols })
      expect(masses.length).toBe(rows * cols)
      expect(masses.reduce((a, b) => a + b, 0)).toBeCloseTo(sum, 6)
    }
  })
})

describe('toLocateResult', () => {
  test('scales the position to pixels and names the cell', () => {
    const result = locate([0.75, 0.25], heatmap(2, 2, { 1: 0.9, 2: 0.1 }))
    expect(result.center).toEqual({ x: 300, y: 50 })
    expect(result.centerNorm).toEqual({ x: 0.75, y: 0.25 })
    expect(result.cell).toEqual({ row: 0, col: 1 })
    expect(result.box).toEqual({ x: 200, y: 0, width: 200, height: 100 })
    expect(result.score).toBeCloseTo(0.9, 6)
    expect(result.rotationDeg).toBe(0)
    expect(result).toMatchObject(run)
  })

  test('puts the answer first even where another cell holds more attention', () => {
    const result = locate([0.1, 0.9], heatmap(2, 2, { 0: 0.5, 1: 0.1, 2: 0.4 }), { topK: 4 })
    expect(result.cell).toEqual({ row: 1, col: 0 })
    expect(result.candidates.map(candidate => Number(candidate.score.toFixed(6)))).toEqual([0.4, 0.5, 0.1, 0])
    expect(result.candidates[0]!.center).toEqual(result.center)
    expect(result.candidates[1]!.center).toEqual({ x: 100, y: 50 })
  })

  test('gives three candidates, or as many as asked for, or those likely enough', () => {
    const attention = heatmap(2, 2, { 0: 0.6, 1: 0.3, 2: 0.1 })
    expect(locate([0, 0], attention).candidates).toHaveLength(3)
    expect(locate([0, 0], attention, { topK: 1 }).candidates).toHaveLength(1)
    expect(locate([0, 0], attention, { topK: 99 }).candidates).toHaveLength(4)
    expect(locate([0, 0], attention, { topK: 99, minScore: 0.2 }).candidates).toHaveLength(2)
    expect(locate([1, 1], attention, { topK: 99, minScore: 0.9 }).candidates).toHaveLength(1)
  })

  test('carries the attention map only where asked', () => {
    const attention = heatmap(2, 2, { 0: 1 })
    expect(locate([0, 0], attention)).not.toHaveProperty('heatmap')
    expect(locate([0, 0], attention, { heatmap: true }).heatmap).toBe(attention)
  })
})
