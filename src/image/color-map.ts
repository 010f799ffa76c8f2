/** A color as sRGB bytes. */
export type Rgb = readonly [red: number, green: number, blue: number]

/**
 * A color for a value in 0 .. 1, from dark violet over red and orange to light yellow. Equal steps of the value are
 * equal steps of perceived lightness, so that the map reads the same in grey and to color-blind eyes.
 */
export function heatColor(value: number): Rgb {
  return table[Math.round(Math.min(1, Math.max(0, value)) * (table.length - 1))]!
}

/** Lightness rises linearly in OKLab while the hue turns from violet to yellow; chroma is what sRGB can show of it. */
const table: readonly Rgb[] = Array.from({ length: 256 }, (_, i) => {
  const t = i / 255
  return oklchToSrgb(0.16 + 0.8 * t, 0.07 + 0.42 * t * (1 - t) + 0.04 * t, (-70 + 175 * t ** 1.1) * (Math.PI / 180))
})

/** Source: Björn Ottosson, "A perceptual color space for image processing" (2020). Values outside sRGB are clipped. */
function oklchToSrgb(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos(hue)
  const b = chroma * Math.sin(hue)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    toSrgbByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toSrgbByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toSrgbByte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

function toSrgbByte(linear: number): number {
  const x = Math.min(1, Math.max(0, linear))
  return Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055))
}
