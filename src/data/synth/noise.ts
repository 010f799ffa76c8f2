import type { Random } from '../../prng.js'

/** Octaves read different parts of the noise, or they would all be zero at the same places. */
const octaveOffset = 37.7

/** Smooth noise over the plane, about -1 .. 1, period 256 (K. Perlin, "Improving noise", 2002, with free gradients). */
export class GradientNoise {
  readonly gradientX = new Float64Array(256)
  readonly gradientY = new Float64Array(256)
  readonly order = new Uint8Array(512)

  constructor(random: Random) {
    const order = random.shuffle(Array.from({ length: 256 }, (_, i) => i))
    this.order.set(order)
    this.order.set(order, 256)
    for (let i = 0; i < 256; i++) {
      const angle = random.between(0, 2 * Math.PI)
      this.gradientX[i] = 1.5 * Math.cos(angle)
      this.gradientY[i] = 1.5 * Math.sin(angle)
    }
  }

  /** The value at a place; features are about one unit wide. */
  at(x: number, y: number): number {
    const { order, gradientX, gradientY } = this
    const column = Math.floor(x)
    const row = Math.floor(y)
    const fx = x - column
    const fy = y - row
    const r0 = row & 255
    const r1 = (row + 1) & 255
    const left = order[column & 255]!
    const right = order[(column + 1) & 255]!
    const a = order[left + r0]!
    const b = order[right + r0]!
    const c = order[left + r1]!
    const d = order[right + r1]!
    const u = fade(fx)
    const v = fade(fy)
    const top = gradientX[a]! * fx + gradientY[a]! * fy
    const top1 = gradientX[b]! * (fx - 1) + gradientY[b]! * fy
    const low = gradientX[c]! * fx + gradientY[c]! * (fy - 1)
    const low1 = gradientX[d]! * (fx - 1) + gradientY[d]! * (fy - 1)
    const upper = top + (top1 - top) * u
    return upper + (low + (low1 - low) * u - upper) * v
  }
}

/**
 * Fractal noise at one place of the picture, about -1 .. 1.
 *
 * @param cells features of the coarsest octave across the picture; each further octave halves their width and height
 * @param gain height of each octave relative to the one before
 */
export function fractalNoise(
  noise: GradientNoise,
  x: number,
  y: number,
  cells: number,
  octaves: number,
  gain = 0.5,
): number {
  let sum = 0
  let amplitude = 1
  for (let octave = 0; octave < octaves; octave++) {
    const scale = cells * 2 ** octave
    sum += amplitude * noise.at(x * scale + octave * octaveOffset, y * scale + octave * octaveOffset)
    amplitude *= gain
  }
  return sum
}

/**
 * {@link fractalNoise} for every pixel of a `size` x `size` picture, rows from the top.
 */
export function noiseMap(noise: GradientNoise, size: number, cells: number, octaves: number, gain = 0.5): Float32Array {
  const map = new Float32Array(size * size)
  let amplitude = 1
  for (let octave = 0; octave < octaves; octave++) {
    addOctave(map, noise, size, (cells * 2 ** octave) / size, amplitude, octave * octaveOffset)
    amplitude *= gain
  }
  return map
}

/**
 * Adds one octave. In one row of one lattice cell the noise is (left0 + left1 * fx) + u * (right - left), whose
 * coefficients are worked out once per cell and row; `fx` and its fade curve `u` are the same in every row.
 */
function addOctave(
  map: Float32Array,
  noise: GradientNoise,
  size: number,
  step: number,
  amplitude: number,
  offset: number,
): void {
  const { order, gradientX, gradientY } = noise
  const { cells, fractions, fades } = lattice(size, step, offset)
  for (let y = 0, at = 0; y < size; y++) {
    const row = cells[y]!
    const fy = fractions[y]!
    const v = fades[y]!
    let column = -1
    let left0 = 0
    let left1 = 0
    let right0 = 0
    let right1 = 0
    for (let x = 0; x < size; x++, at++) {
      if (cells[x] !== column) {
        column = cells[x]!
        const west = order[column & 255]!
        const east = order[(column + 1) & 255]!
        const a = order[west + (row & 255)]!
        const b = order[east + (row & 255)]!
        const c = order[west + ((row + 1) & 255)]!
        const d = order[east + ((row + 1) & 255)]!
        left1 = amplitude * (gradientX[a]! * (1 - v) + gradientX[c]! * v)
        left0 = amplitude * (gradientY[a]! * fy * (1 - v) + gradientY[c]! * (fy - 1) * v)
        right1 = amplitude * (gradientX[b]! * (1 - v) + gradientX[d]! * v)
        right0 = amplitude * (gradientY[b]! * fy * (1 - v) + gradientY[d]! * (fy - 1) * v) - right1
      }
      const left = left0 + left1 * fractions[x]!
      map[at]! += left + fades[x]! * (right0 + right1 * fractions[x]! - left)
    }
  }
}

/** For each pixel of a row or column: its lattice cell, its place inside of the cell, and the fade curve there. */
function lattice(size: number, step: number, offset: number) {
  const cells = new Int32Array(size)
  const fractions = new Float64Array(size)
  const fades = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    const place = (i + 0.5) * step + offset
    cells[i] = Math.floor(place)
    fractions[i] = place - cells[i]!
    fades[i] = fade(fractions[i]!)
  }
  return { cells, fractions, fades }
}

function fade(t: number): number {
  return t * t * t * (t * (t * 6 - 15) + 10)
}
