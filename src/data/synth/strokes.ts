import type { Random } from '../../prng.js'
import type { GradientNoise } from './noise.js'
import type { Contour } from './raster.js'

/** How wide a stroke is along its way: the same, running out to a point, or pointed at both ends. */
export type StrokeProfile = 'even' | 'taper' | 'leaf'

/**
 * The outline of a line drawn with a pen of the given width (fraction of the picture), with round ends where the
 * profile is even.
 */
export function stroke(line: Contour, width: number, profile: StrokeProfile = 'even'): number[] {
  const halves = halfWidths(line, width, profile)
  const last = line.length - 2
  const points: number[] = []
  for (let i = 0; i <= last; i += 2) points.push(line[i]! + halves[i + 1]!, line[i + 1]! - halves[i]!)
  if (profile === 'even') addCap(points, line[last]!, line[last + 1]!, halves[last]!, halves[last + 1]!)
  for (let i = last; i >= 0; i -= 2) points.push(line[i]! - halves[i + 1]!, line[i + 1]! + halves[i]!)
  if (profile === 'even') addCap(points, line[0]!, line[1]!, -halves[0]!, -halves[1]!)
  return points
}

/** At each point of the line a vector along it, half as long as the stroke is wide there. */
function halfWidths(line: Contour, width: number, profile: StrokeProfile): number[] {
  const last = line.length - 2
  const halves: number[] = []
  for (let i = 0; i <= last; i += 2) {
    const before = Math.max(i - 2, 0)
    const after = Math.min(i + 2, last)
    const dx = line[after]! - line[before]!
    const dy = line[after + 1]! - line[before + 1]!
    const scale = (0.5 * width * widthAt(profile, i / last)) / (Math.sqrt(dx * dx + dy * dy) || 1)
    halves.push(dx * scale, dy * scale)
  }
  return halves
}

function widthAt(profile: StrokeProfile, t: number): number {
  if (profile === 'even') return 1
  return profile === 'taper' ? 1 - 0.92 * t : 0.08 + 0.92 * Math.sin(Math.PI * t)
}

/** Two points that round the end of a line off. (dx, dy) runs along it, half of the width long. */
function addCap(points: number[], x: number, y: number, dx: number, dy: number): void {
  points.push(
    x + 0.85 * dx + 0.55 * dy,
    y + 0.85 * dy - 0.55 * dx,
    x + 0.85 * dx - 0.55 * dy,
    y + 0.85 * dy + 0.55 * dx,
  )
}

/** A smooth curve through all points (Catmull-Rom), `steps` pieces between two of them. */
export function spline(points: Contour, steps: number, closed = false): number[] {
  const count = points.length / 2
  const line: number[] = []
  const coordinate = (i: number, axis: number) =>
    points[2 * (closed ? (i + count) % count : Math.min(Math.max(i, 0), count - 1)) + axis]!
  const pieces = closed ? count : count - 1
  for (let i = 0; i < pieces; i++) {
    for (let step = 0; step < steps; step++) {
      const t = step / steps
      for (let axis = 0; axis < 2; axis++) {
        const a = coordinate(i - 1, axis)
        const b = coordinate(i, axis)
        const c = coordinate(i + 1, axis)
        const d = coordinate(i + 2, axis)
        const cubic = 3 * (b - c) + d - a
        line.push(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * cubic)))
      }
    }
  }
  if (!closed) line.push(points[points.length - 2]!, points[points.length - 1]!)
  return line
}

/** A line of `steps` equal steps that starts in direction `angle` and bends smoothly by up to `bend` radians in all. */
export function curl(
  random: Random,
  x: number,
  y: number,
  angle: number,
  length: number,
  bend: number,
  steps = 10,
): number[] {
  const turn = random.between(-bend, bend) / steps
  const change = random.between(-bend, bend) / (steps * steps)
  const line = [x, y]
  let [px, py, direction] = [x, y, angle]
  for (let i = 0; i < steps; i++) {
    px += (Math.cos(direction) * length) / steps
    py += (Math.sin(direction) * length) / steps
    direction += turn + change * (i - steps / 2)
    line.push(px, py)
  }
  return line
}

/**
 * The area below a skyline of hills from (0, base) to (1, base), down to the picture's lower edge. Heights are noise of
 * `cells` hills across, `octaves` fine, read along row `row` of the noise.
 */
export function hills(
  noise: GradientNoise,
  row: number,
  base: number,
  height: number,
  cells: number,
  octaves: number,
): number[] {
  const points = [1.01, 1.01, -0.01, 1.01]
  for (let i = 0; i <= 96; i++) {
    const x = -0.01 + (1.02 * i) / 96
    let y = base
    for (let octave = 0; octave < octaves; octave++) {
      y -= (height / 2 ** octave) * noise.at(x * cells * 2 ** octave + octave * 17.3, row)
    }
    points.push(x, y)
  }
  return points
}
