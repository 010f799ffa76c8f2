/** A point of a line; null where nothing was measured. */
export interface LinePoint {
  readonly x: number
  readonly y: number | null
}

/** A stretch of a line without gaps: points in pixels. */
export type Stretch = readonly (readonly [x: number, y: number])[]

/** Divides a line at its gaps. */
export function stretches(
  points: readonly LinePoint[],
  toPixels: (x: number, y: number) => [number, number],
): Stretch[] {
  const found: [number, number][][] = [[]]
  for (const { x, y } of points) {
    if (y !== null) found.at(-1)!.push(toPixels(x, y))
    else if (found.at(-1)!.length > 0) found.push([])
  }
  return found.filter(stretch => stretch.length > 0)
}

/**
 * Leaves of each pixel column the first, lowest, highest and last point: the line looks the same, and a hundred thousand epochs take no more
 * room than a thousand.
 */
export function thin(stretch: Stretch): Stretch {
  const kept: (readonly [number, number])[] = []
  for (let start = 0; start < stretch.length; ) {
    let end = start + 1
    while (end < stretch.length && Math.floor(stretch[end]![0]) === Math.floor(stretch[start]![0])) end++
    kept.push(...extremes(stretch.slice(start, end)))
    start = end
  }
  return kept
}

function extremes(column: Stretch): Stretch {
  if (column.length <= 4) return column
  let [low, high] = [0, 0]
  column.forEach(([, y], i) => {
    if (y < column[low]![1]) low = i
    if (y > column[high]![1]) high = i
  })
  return [...new Set([0, Math.min(low, high), Math.max(low, high), column.length - 1])].map(i => column[i]!)
}

/** A stretch as a path's data. */
export function pathData(stretch: Stretch): string {
  return `M${stretch.map(([x, y]) => `${pixels(x)} ${pixels(y)}`).join('L')}`
}

/** A coordinate, to a hundredth of a pixel. */
export function pixels(value: number): number {
  return Math.round(value * 100) / 100
}
