/**
 * Colour changes on planes `[3, n]` of float32 in 0..1, in place; each clamps its result to 0..1.
 * Definitions: torchvision's `adjust_brightness`, `adjust_contrast`, `adjust_saturation`, `adjust_hue`, `rgb_to_grayscale`
 * on float tensors.
 */

const RED = 0.2989
const GREEN = 0.587
const BLUE = 0.114

/** Multiplies every value by `factor` (>= 0; 1 changes nothing). */
export function adjustBrightness(planes: Float32Array, factor: number): void {
  for (let i = 0; i < planes.length; i++) planes[i] = clamp(planes[i]! * factor)
}

/** Blends with the picture's mean grey: 0 gives flat grey, 1 changes nothing, more widens the contrast. */
export function adjustContrast(planes: Float32Array, factor: number): void {
  const size = planes.length / 3
  let sum = 0
  for (let i = 0; i < size; i++) sum += grey(planes[i]!, planes[size + i]!, planes[2 * size + i]!)
  const base = (1 - factor) * (sum / size)
  for (let i = 0; i < planes.length; i++) planes[i] = clamp(planes[i]! * factor + base)
}

/** Blends each pixel with its own grey: 0 gives a grey picture, 1 changes nothing, more makes colours stronger. */
export function adjustSaturation(planes: Float32Array, factor: number): void {
  const size = planes.length / 3
  for (let i = 0, g = size, b = 2 * size; i < size; i++, g++, b++) {
    const red = planes[i]!
    const green = planes[g]!
    const blue = planes[b]!
    const base = (1 - factor) * grey(red, green, blue)
    planes[i] = clamp(red * factor + base)
    planes[g] = clamp(green * factor + base)
    planes[b] = clamp(blue * factor + base)
  }
}

/** Turns hue in HSV space by `turns` of the colour circle, -0.5 to 0.5; 0 changes nothing. */
export function adjustHue(planes: Float32Array, turns: number): void {
  const size = planes.length / 3
  for (let i = 0, g = size, b = 2 * size; i < size; i++, g++, b++) {
    const red = planes[i]!
    const green = planes[g]!
    const blue = planes[b]!
    const high = Math.max(red, green, blue)
    const low = Math.min(red, green, blue)
    const chroma = high - low
    if (chroma === 0) continue
    let hue = turns * 6
    if (high === red) hue += (green - blue) / chroma
    else if (high === green) hue += 2 + (blue - red) / chroma
    else hue += 4 + (red - green) / chroma
    if (hue < 0) hue += 6
    if (hue >= 6) hue -= 6
    // Within a sixth of the circle one channel is the highest, one the lowest, and one on its way between them.
    const sixth = Math.floor(hue)
    const way = chroma * (hue - sixth)
    const between = sixth % 2 === 0 ? low + way : high - way
    switch (sixth) {
      case 0:
        setPixel(planes, i, size, high, between, low)
        break
      case 1:
        setPixel(planes, i, size, between, high, low)
        break
      case 2:
        setPixel(planes, i, size, low, high, between)
        break
      case 3:
        setPixel(planes, i, size, low, between, high)
        break
      case 4:
        setPixel(planes, i, size, between, low, high)
        break
      default:
        setPixel(planes, i, size, high, low, between)
    }
  }
}

/** Replaces the three channels by their grey. */
export function toGrayscale(planes: Float32Array): void {
  const size = planes.length / 3
  for (let i = 0, g = size, b = 2 * size; i < size; i++, g++, b++) {
    const value = grey(planes[i]!, planes[g]!, planes[b]!)
    planes[i] = value
    planes[g] = value
    planes[b] = value
  }
}

function setPixel(planes: Float32Array, i: number, size: number, red: number, green: number, blue: number): void {
  planes[i] = red
  planes[i + size] = green
  planes[i + 2 * size] = blue
}

function grey(red: number, green: number, blue: number): number {
  return RED * red + GREEN * green + BLUE * blue
}

/** To 0..1; twice as fast as Math.min and Math.max, which care for NaN and -0. */
function clamp(value: number): number {
  if (value < 0) return 0
  if (value > 1) return 1
  return value
}
