import type { Random } from '../../prng.js'
import { type Color, oklch } from './color.js'
import { bucket, choose } from './layout.js'
import type { GradientNoise } from './noise.js'

/** The colours of one picture. Every region of it uses the same ones, so that colour alone does not tell regions apart. */
export interface Palette {
  /** Six related colours of middle lightness, all different. */
  readonly colors: readonly Color[]
  readonly dark: Color
  readonly light: Color
  /** Quiet backgrounds: two neighbours in hue and lightness. */
  readonly ground: Color
  readonly ground2: Color
}

/** Hue distances from a base hue, in degrees: the classical schemes of colour harmony. */
const harmonies: readonly (readonly number[])[] = [
  [0, 25, 50, -25, 180, 205],
  [0, 180, 20, 200, -20, 160],
  [0, 120, 240, 15, 135, 255],
  [0, 150, 210, 20, 170, 190],
  [0, 90, 180, 270, 45, 225],
  [0, 60, 120, 180, 240, 300],
  [0, 15, 30, -15, -30, 165],
]

/** Draws a harmonious palette. */
export function makePalette(random: Random): Palette {
  const base = random.between(0, 2 * Math.PI)
  const hues = choose(random, harmonies)
  const chroma = random.between(0.09, 0.17)
  const lightnesses = random.shuffle([0.44, 0.53, 0.61, 0.69, 0.77, 0.86])
  const colors = hues.map((degrees, i) => {
    const hue = base + (degrees * Math.PI) / 180 + random.between(-0.12, 0.12)
    return oklch(lightnesses[i]! + random.between(-0.03, 0.03), chroma * random.between(0.7, 1.25), hue)
  })
  const groundHue = base + (choose(random, hues) * Math.PI) / 180
  const groundLightness = random.chance(0.35) ? random.between(0.3, 0.42) : random.between(0.55, 0.9)
  const groundChroma = random.between(0.02, 0.09)
  return {
    colors,
    dark: oklch(random.between(0.2, 0.3), random.between(0.02, 0.07), base + random.between(-0.5, 0.5)),
    light: oklch(random.between(0.92, 0.97), random.between(0.01, 0.04), base + random.between(-1, 1)),
    ground: oklch(groundLightness, groundChroma, groundHue),
    ground2: oklch(groundLightness + random.between(-0.1, 0.08), groundChroma, groundHue + random.between(-0.6, 0.6)),
  }
}

/**
 * One of the palette's colours, in two of three cases the one that rules around (x, y): regions of about a third of the
 * picture have their own order of preference, so that a colour tells something about the place but never all.
 */
export function regionColor(palette: Palette, noise: GradientNoise, random: Random, x: number, y: number): Color {
  if (random.chance(0.35)) return choose(random, palette.colors)
  return palette.colors[bucket(noise.at(x * 3.1 + 70, y * 3.1 + 30), palette.colors.length)]!
}
