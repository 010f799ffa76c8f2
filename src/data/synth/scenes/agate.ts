import type { Random } from '../../../prng.js'
import { type Color, colorRamp, darken, lighten, mix } from '../color.js'
import { choose } from '../layout.js'
import { GradientNoise, noiseMap } from '../noise.js'
import type { Art, Scene } from '../scene.js'

/** Polished stone: bands that follow warped noise and close to rings around a few nodes. */
export const agate: Scene = art => {
  const { canvas, palette, random } = art
  const { size } = canvas
  const noise = new GradientNoise(random)
  const base = noiseMap(noise, size, random.between(1.2, 2.4), 3, 0.4)
  const warpX = noiseMap(new GradientNoise(random), size, random.between(2, 4), 3, 0.4)
  const warpY = noiseMap(new GradientNoise(random), size, random.between(2, 4), 3, 0.4)
  addNodes(base, size, random)
  const strength = random.between(0.03, 0.09)
  const bands = random.between(0.8, 1.8)
  const ramp = colorRamp(bandColors(random, palette.colors, palette.light, palette.dark), 1024)
  const { pixels } = canvas
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      const sx = Math.min(Math.max(x + warpX[at]! * strength * size, 0), size - 1.001)
      const sy = Math.min(Math.max(y + warpY[at]! * strength * size, 0), size - 1.001)
      const column = Math.floor(sx)
      const corner = Math.floor(sy) * size + column
      const value = sample(base, corner, size, sx - column, sy - Math.floor(sy))
      const position = value * bands + 16
      const entry = Math.floor((position - Math.floor(position)) * 1024) * 3
      pixels[at * 3] = ramp[entry]!
      pixels[at * 3 + 1] = ramp[entry + 1]!
      pixels[at * 3 + 2] = ramp[entry + 2]!
    }
  }
  sparkle(art)
}

/** The value between four pixels of a map, `fx` and `fy` of the way to the right and down. */
function sample(map: Float32Array, corner: number, size: number, fx: number, fy: number): number {
  const upper = map[corner]! + (map[corner + 1]! - map[corner]!) * fx
  const lower = map[corner + size]! + (map[corner + size + 1]! - map[corner + size]!) * fx
  return upper + (lower - upper) * fy
}

/** Adds cones to the map, around which the bands close to rings. */
function addNodes(map: Float32Array, size: number, random: Random): void {
  for (let i = 3 + random.integer(5); i > 0; i--) {
    const cx = random.uniform() * size
    const cy = random.uniform() * size
    const radius = random.between(0.12, 0.3) * size
    const height = random.between(0.6, 1.4) * (random.chance(0.5) ? 1 : -1)
    const stretch = random.between(0.6, 1.6)
    for (let y = 0, at = 0; y < size; y++) {
      for (let x = 0; x < size; x++, at++) {
        const dx = (x - cx) * stretch
        const square = dx * dx + (y - cy) * (y - cy)
        if (square < radius * radius) map[at]! += height * (1 - Math.sqrt(square) / radius) ** 2
      }
    }
  }
}

/** A closed sequence of bands: soft runs between colours and hard thin lines of light and dark. */
function bandColors(random: Random, colors: readonly Color[], light: Color, dark: Color): Color[] {
  const bands: Color[] = []
  for (let i = 0; i < 7; i++) {
    const color = choose(random, colors)
    bands.push(darken(color, random.between(0, 0.3)), color, lighten(color, random.between(0.1, 0.5)))
    if (random.chance(0.5)) {
      const line = random.chance(0.6) ? light : mix(dark, color, 0.3)
      bands.push(line, line)
    }
  }
  bands.push(bands[0]!)
  return bands
}

/** Small crystals that catch the light. */
function sparkle(art: Art): void {
  const { canvas, random } = art
  for (let i = 30 + random.integer(50); i > 0; i--) {
    canvas.glow(
      random.uniform(),
      random.uniform(),
      random.between(0.008, 0.02),
      [255, 255, 255],
      random.between(0.3, 0.8),
    )
  }
}
