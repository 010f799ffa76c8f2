/**
 * Blurs planes `[3, height, width]` with a 3x3 Gaussian of standard deviation `sigma` (pixels, > 0); the picture is
 * mirrored at its edge pixels. Source: torchvision's `gaussian_blur` with `kernel_size=3`.
 *
 * @param target element `offset` on gets the planes; another array than `source`
 */
export function blur3x3(
  source: Float32Array,
  width: number,
  height: number,
  sigma: number,
  target: Float32Array,
  offset = 0,
): void {
  const { center, side } = gaussianTaps(sigma)
  const up = (y: number) => mirror(y - 1, height) * width
  const down = (y: number) => mirror(y + 1, height) * width
  for (let plane = 0; plane < 3 * width * height; plane += width * height) {
    for (let y = 0; y < height; y++) {
      blurRow(source, plane + y * width, plane + up(y), plane + down(y), width, center, side, target, offset)
    }
  }
}

/** One row, from three: the vertical blur of each column is used for three neighbours, so it is carried along. */
function blurRow(
  source: Float32Array,
  here: number,
  above: number,
  below: number,
  width: number,
  center: number,
  side: number,
  target: Float32Array,
  offset: number,
): void {
  const to = offset + here
  const last = width - 1
  const second = mirror(1, width)
  let current = center * source[here]! + side * (source[above]! + source[below]!)
  let previous = center * source[here + second]! + side * (source[above + second]! + source[below + second]!)
  for (let x = 0; x < last; x++) {
    const i = x + 1
    const next = center * source[here + i]! + side * (source[above + i]! + source[below + i]!)
    target[to + x] = center * current + side * (previous + next)
    previous = current
    current = next
  }
  target[to + last] = center * current + 2 * side * previous
}

/** The three taps of a sampled Gaussian, summing to 1. */
function gaussianTaps(sigma: number): { center: number; side: number } {
  // Hosts may differ in the last bit of an exponential; float32 hides it, so that pixels do not depend on the host.
  const ratio = Math.fround(Math.exp(-0.5 / (sigma * sigma)))
  const center = 1 / (1 + 2 * ratio)
  return { center, side: ratio * center }
}

/** An index just outside 0 .. size - 1, mirrored at the edge pixel; a single pixel is its own neighbour. */
function mirror(index: number, size: number): number {
  if (size === 1) return 0
  return index < 0 ? 1 : index >= size ? size - 2 : index
}
