import { describe, expect, it } from 'vitest'
import { joinPlacements, measureLocations, type Placements, wilsonInterval } from '../src/location-metrics.js'

const grid = { rows: 2, cols: 2 }

/** Pieces as [x, y, target x, target y, cell]. */
function placements(...rows: readonly (readonly number[])[]): Placements {
  return {
    positions: Float32Array.from(rows.flatMap(([x, y]) => [x!, y!])),
    targets: Float32Array.from(rows.flatMap(([, , x, y]) => [x!, y!])),
    cells: Int32Array.from(rows, row => row[4]!),
  }
}

describe('the interval of a share', () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i of %i is that of the literature', (successes, n, low, high) => {
    const interval = wilsonInterval(successes, n)
    expect(interval[0]).toBeCloseTo(low, 4)
    expect(interval[1]).toBeCloseTo(high, 4)
  })

  it('is the same from the other side, holds the share and stays within 0 and 1', () => {
    for (const [successes, n] of [
      [0, 1],
      [1, 1],
      [3, 7],
      [100, 100],
      [400, 800],
    ] as const) {
      const [low, high] = wilsonInterval(successes, n)
      const [otherLow, otherHigh] = wilsonInterval(n - successes, n)
      expect(low).toBeCloseTo(1 - otherHigh, 12)
      expect(high).toBeCloseTo(1 - otherLow, 12)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      expect(successes / n).toBeGreaterThanOrEqual(low)
      expect(successes / n).toBeLessThanOrEqual(high)
    }
  })

  it('narrows with the square root of the number', () => {
    const width = ([low, high]: readonly [number, number]): number => high - low
    expect(width(wilsonInterval(5000, 10_000)) / width(wilsonInterval(50, 100))).toBeCloseTo(0.1, 2)
  })
})

describe('placed pieces', () => {
  it('are measured', () => {
    const metrics = measureLocations(
      placements(
        [0.25, 0.25, 0.25, 0.25, 0],
        [0.75, 0.25, 0.25, 0.25, 0],
        [0.25, 0.65, 0.25, 0.75, 2],
        [0.75, 0.75, 0.75, 0.45, 3],
      ),
      grid,
    )
    expect(metrics.n).toBe(4)
    expect(metrics.cellAccuracy).toBe(0.75)
    expect(metrics.cellAccuracyInterval).toEqual(wilsonInterval(3, 4))
    // Squared distances 0, 0.25, 0.01, 0.09 over two coordinates each.
    expect(metrics.mse).toBeCloseTo(0.35 / 8, 7)
    expect(metrics.meanDistance).toBeCloseTo((0 + 0.5 + 0.1 + 0.3) / 4, 7)
    expect(metrics.medianDistance).toBeCloseTo(0.2, 7)
  })

  it('have a median distance that outliers do not move, odd numbers included', () => {
    const far = (distance: number): readonly number[] => [distance, 0, 0, 0, 0]
    expect(measureLocations(placements(far(0.1), far(1), far(0.2)), grid).medianDistance).toBeCloseTo(0.2, 7)
    expect(measureLocations(placements(far(0.3)), grid).medianDistance).toBeCloseTo(0.3, 7)
    // Distances are sorted as numbers: as text 0.00001 ("1e-5") would come last.
    expect(measureLocations(placements(far(1e-5), far(0.2), far(0.3)), grid).medianDistance).toBeCloseTo(0.2, 7)
  })

  it('are in the cell that their position falls in, row-major, edges to the right and below', () => {
    const { cellAccuracy } = measureLocations(
      placements([0, 0, 0, 0, 0], [0.5, 0.49, 0, 0, 1], [0.49, 0.5, 0, 0, 2], [1, 1, 0, 0, 3]),
      grid,
    )
    expect(cellAccuracy).toBe(1)
    const wide = placements([0.99, 0.6, 0, 0, 7])
    expect(measureLocations(wide, { rows: 2, cols: 4 }).cellAccuracy).toBe(1)
    expect(measureLocations(wide, { rows: 4, cols: 2 }).cellAccuracy).toBe(0)
  })

  it('are in no cell where they are no numbers', () => {
    const metrics = measureLocations(placements([Number.NaN, Number.NaN, 0.5, 0.5, 0]), grid)
    expect(metrics.cellAccuracy).toBe(0)
    expect(metrics.mse).toBeNaN()
  })

  it('of several batches are one', () => {
    const all = placements([0.1, 0.2, 0.3, 0.4, 0], [0.5, 0.6, 0.7, 0.8, 3], [0.9, 1, 0, 0.1, 1])
    const parts = [
      placements([0.1, 0.2, 0.3, 0.4, 0], [0.5, 0.6, 0.7, 0.8, 3]),
      placements(),
      placements([0.9, 1, 0, 0.1, 1]),
    ]
    expect(joinPlacements(parts)).toEqual(all)
    expect(joinPlacements([])).toEqual(placements())
  })
})
