/** sRGB, each channel 0 .. 255; fractions are allowed. */
export type Color = readonly [number, number, number]

const white: Color = [255, 255, 255]

/**
 * A colour from perceptual lightness (0 .. 1), chroma (0 .. about 0.3) and hue (radians). Chroma is lowered until the
 * colour fits into sRGB. Source: B. Ottosson, "A perceptual color space for image processing" (Oklab), 2020.
 */
export function oklch(lightness: number, chroma: number, hue: number): Color {
  for (let c = chroma; ; c *= 0.9) {
    const linear = oklabToLinear(lightness, c * Math.cos(hue), c * Math.sin(hue))
    if (c < 0.005 || linear.every(channel => channel >= -0.001 && channel <= 1.001)) {
      return [gamma(linear[0]), gamma(linear[1]), gamma(linear[2])]
    }
  }
}

/** `amount` 0 gives `a`, 1 gives `b`. */
export function mix(a: Color, b: Color, amount: number): Color {
  return [a[0] + (b[0] - a[0]) * amount, a[1] + (b[1] - a[1]) * amount, a[2] + (b[2] - a[2]) * amount]
}

/** Towards white by `amount`. */
export function lighten(color: Color, amount: number): Color {
  return mix(color, white, amount)
}

/** Towards a deep version of the same colour by `amount`. */
export function darken(color: Color, amount: number): Color {
  return mix(color, [color[0] * 0.12, color[1] * 0.1, color[2] * 0.18], amount)
}

/** A table of `steps` colours, interleaved RGB, that runs through `stops` at equal distances. */
export function colorRamp(stops: readonly Color[], steps = 256): Float32Array {
  const table = new Float32Array(steps * 3)
  for (let i = 0; i < steps; i++) {
    const position = (i / (steps - 1)) * (stops.length - 1)
    const k = Math.min(Math.floor(position), stops.length - 2)
    table.set(mix(stops[k]!, stops[k + 1]!, position - k), i * 3)
  }
  return table
}

function oklabToLinear(lightness: number, a: number, b: number): Color {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

function gamma(linear: number): number {
  const value = Math.min(Math.max(linear, 0), 1)
  return 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055)
}
