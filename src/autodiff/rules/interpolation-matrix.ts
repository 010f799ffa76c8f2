/** The attributes of Resize that choose the interpolation. */
export interface Interpolation {
  /** `nearest`, `linear` or `cubic`. */
  readonly mode: string
  /** Where an output pixel lies in the input: `half_pixel`, `pytorch_half_pixel`, `align_corners` or `asymmetric`. */
  readonly coordinate_transformation_mode: string
  readonly nearest_mode: string
  readonly cubic_coeff_a: number
  readonly exclude_outside: number
}

/**
 * The matrix `[outSize, inSize]`, row-major, that resizes one axis: y = M x. Each row holds the weights of the input elements.
 * Coordinates are computed in float32, as ONNX Runtime does, so that ties of `nearest` fall alike.
 *
 * @param scale outSize / inSize, or the number that the model states
 * @returns null for a mode that is not linear in x or that is not known
 * Source: https://onnx.ai/onnx/operators/onnx__Resize.html
 */
export function interpolationMatrix(
  inSize: number,
  outSize: number,
  scale: number,
  attributes: Interpolation,
): Float32Array<ArrayBuffer> | null {
  const coordinate = coordinates[attributes.coordinate_transformation_mode]
  const taps = tapsOf(attributes, inSize)
  if (!coordinate || !taps) return null
  const matrix = new Float32Array(outSize * inSize)
  const unscaled = scale === 1 && inSize === outSize
  for (let row = 0; row < outSize; row++) {
    const position = unscaled ? row : coordinate(row, Math.fround(scale), inSize, outSize)
    for (const { index, weight } of taps(position)) {
      const column = Math.min(Math.max(index, 0), inSize - 1)
      matrix[row * inSize + column]! += weight
    }
  }
  return matrix
}

type Coordinate = (out: number, scale: number, inSize: number, outSize: number) => number

const f32 = Math.fround
const halfPixel: Coordinate = (out, scale) => f32(f32(f32(out + 0.5) / scale) - 0.5)

const coordinates: Readonly<Record<string, Coordinate>> = {
  half_pixel: halfPixel,
  pytorch_half_pixel: (out, scale, inSize, outSize) => (outSize > 1 ? halfPixel(out, scale, inSize, outSize) : 0),
  align_corners: (out, _, inSize, outSize) => (outSize === 1 ? 0 : f32((out * (inSize - 1)) / (outSize - 1))),
  asymmetric: (out, scale) => f32(out / scale),
}

/** An input element and its weight; an index outside stands for the element at the border. */
interface Tap {
  readonly index: number
  readonly weight: number
}

const roundings: Readonly<Record<string, (position: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_ceil: position => Math.floor(position + 0.5),
  round_prefer_floor: position => Math.ceil(position - 0.5),
}

function tapsOf(attributes: Interpolation, inSize: number): ((position: number) => readonly Tap[]) | null {
  if (attributes.mode === 'linear') return linearTaps
  if (attributes.mode === 'cubic') {
    const { cubic_coeff_a: a, exclude_outside } = attributes
    return position => (exclude_outside ? normalized(cubicTaps(position, a), inSize) : cubicTaps(position, a))
  }
  const round = attributes.mode === 'nearest' ? roundings[attributes.nearest_mode] : undefined
  return round ? position => [{ index: round(position), weight: 1 }] : null
}

function linearTaps(position: number): Tap[] {
  const left = Math.floor(position)
  return [
    { index: left, weight: 1 - (position - left) },
    { index: left + 1, weight: position - left },
  ]
}

/** Keys, "Cubic Convolution Interpolation for Digital Image Processing" (1981), with the free coefficient `a`. */
function cubicTaps(position: number, a: number): Tap[] {
  const left = Math.floor(position)
  return [-1, 0, 1, 2].map(offset => {
    const distance = Math.abs(position - left - offset)
    const weight =
      distance <= 1
        ? ((a + 2) * distance - (a + 3)) * distance * distance + 1
        : a * (((distance - 5) * distance + 8) * distance - 4)
    return { index: left + offset, weight }
  })
}

/** Without the elements outside, the other weights scaled to sum to 1. */
function normalized(taps: readonly Tap[], inSize: number): Tap[] {
  const inside = taps.filter(({ index }) => index >= 0 && index < inSize)
  const total = inside.reduce((sum, { weight }) => sum + weight, 0)
  return inside.map(({ index, weight }) => ({ index, weight: weight / total }))
}
