/** Where an output pixel comes from: source x = a x + b y + c, source y = d x + e y + f, pixels, the corner as origin. */
export interface AffineMap {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly e: number
  readonly f: number
}

/** A similarity about a picture's centre. */
export interface Similarity {
  /** Clockwise as seen on the screen. */
  readonly degrees: number
  /** 1 keeps the size, more enlarges. */
  readonly scale: number
  /** Applied after turning and scaling; pixels, to the right and down. */
  readonly shiftX: number
  readonly shiftY: number
}

/**
 * The map from output to source pixels that turns, scales and shifts a picture of `width` x `height` about its centre.
 * Source: torchvision's `affine`.
 */
export function centeredSimilarity(width: number, height: number, motion: Similarity): AffineMap {
  const radians = (motion.degrees * Math.PI) / 180
  // Hosts may differ in the last bit of a sine; float32 hides it, so that pixels do not depend on the host.
  const cos = Math.fround(Math.cos(radians)) / motion.scale
  const sin = Math.fround(Math.sin(radians)) / motion.scale
  const x = width / 2 + motion.shiftX
  const y = height / 2 + motion.shiftY
  return {
    a: cos,
    b: sin,
    c: width / 2 - cos * x - sin * y,
    d: -sin,
    e: cos,
    f: height / 2 + sin * x - cos * y,
  }
}

/**
 * Resamples planes `[3, height, width]` through an affine map, bilinearly; outside the source lies black, which the
 * outermost half pixel fades into. Source: torchvision's `affine` with `InterpolationMode.BILINEAR` and `fill=0`.
 *
 * @param target planes of the same size, another array than `source`
 */
export function warpAffine(
  source: Float32Array,
  width: number,
  height: number,
  map: AffineMap,
  target: Float32Array,
): void {
  const size = width * height
  for (let y = 0, to = 0; y < height; y++) {
    // Pixel centres lie at integer + 0.5; array indices at the centres.
    let fromX = map.a * 0.5 + map.b * (y + 0.5) + map.c - 0.5
    let fromY = map.d * 0.5 + map.e * (y + 0.5) + map.f - 0.5
    for (let x = 0; x < width; x++, to++) {
      if (fromX >= 0 && fromY >= 0 && fromX < width - 1 && fromY < height - 1) {
        const left = Math.trunc(fromX)
        const top = Math.trunc(fromY)
        const right = fromX - left
        const down = fromY - top
        const w11 = right * down
        const w10 = down - w11
        const w01 = right - w11
        const w00 = 1 - right - w10
        const p = top * width + left
        const q = p + size
        const r = q + size
        target[to] = w00 * source[p]! + w01 * source[p + 1]! + w10 * source[p + width]! + w11 * source[p + width + 1]!
        target[to + size] =
          w00 * source[q]! + w01 * source[q + 1]! + w10 * source[q + width]! + w11 * source[q + width + 1]!
        target[to + 2 * size] =
          w00 * source[r]! + w01 * source[r + 1]! + w10 * source[r + width]! + w11 * source[r + width + 1]!
      } else {
        sampleEdge(source, width, height, fromX, fromY, target, to)
      }
      fromX += map.a
      fromY += map.d
    }
  }
}

/** One output pixel with some of its four source pixels outside, where everything is 0. */
function sampleEdge(
  source: Float32Array,
  width: number,
  height: number,
  fromX: number,
  fromY: number,
  target: Float32Array,
  to: number,
): void {
  const left = Math.floor(fromX)
  const top = Math.floor(fromY)
  const right = fromX - left
  const down = fromY - top
  const size = width * height
  for (let channel = 0; channel < 3; channel++) {
    let sum = 0
    for (let corner = 0; corner < 4; corner++) {
      const x = left + (corner & 1)
      const y = top + (corner >> 1)
      if (x < 0 || y < 0 || x >= width || y >= height) continue
      const weight = (corner & 1 ? right : 1 - right) * (corner >> 1 ? down : 1 - down)
      sum += weight * source[channel * size + y * width + x]!
    }
    target[channel * size + to] = sum
  }
}
