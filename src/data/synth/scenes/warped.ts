import type { Random } from '../../../prng.js'
import { type Color, darken } from '../color.js'
import { chooseSome } from '../layout.js'
import { GradientNoise, noiseMap } from '../noise.js'
import type { Canvas } from '../raster.js'
import type { Scene } from '../scene.js'

/** Coordinates of the undistorted pattern for every pixel, in periods. */
interface Field {
  readonly u: Float32Array
  readonly v: Float32Array
}

/** Checks, bricks or stripes on a cloth that bulges and folds, each field with a tone and a print by its place in them. */
export const warped: Scene = art => {
  const { canvas, palette, random } = art
  const field = makeField(canvas.size, random)
  addBulges(field, canvas.size, random)
  const long = random.chance(0.25)
  if (long) for (let i = 0; i < field.v.length; i++) field.v[i]! *= 0.5
  const colors = [...chooseSome(random, palette.colors, 5), palette.light, palette.dark]
  paintField(canvas, field, {
    tones: colors.flatMap(color => [darken(color, 0.2), darken(color, 0.08), color]),
    seamColor: random.chance(0.5) ? palette.light : palette.dark,
    seam: random.between(0.015, 0.06),
    shift: !long && random.chance(0.4) ? 0.5 : 0,
    printed: random.between(0.2, 0.95),
    seed: random.integer(1 << 20),
  })
  shadeFolds(canvas, field)
}

function makeField(size: number, random: Random): Field {
  const angle = random.between(0, Math.PI)
  const periods = random.between(10, 17)
  const strength = random.between(0.8, 1.8)
  const bendU = noiseMap(new GradientNoise(random), size, random.between(1.5, 3.5), 2, 0.35)
  const bendV = noiseMap(new GradientNoise(random), size, random.between(1.5, 3.5), 2, 0.35)
  const cos = (Math.cos(angle) * periods) / size
  const sin = (Math.sin(angle) * periods) / size
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      bendU[at] = cos * x + sin * y + strength * bendU[at]!
      bendV[at] = cos * y - sin * x + strength * bendV[at]!
    }
  }
  return { u: bendU, v: bendV }
}

/** Pulls the pattern towards some places, where it then looks as on a ball. */
function addBulges({ u, v }: Field, size: number, random: Random): void {
  for (let i = 2 + random.integer(4); i > 0; i--) {
    const cx = Math.floor(random.uniform() * size)
    const cy = Math.floor(random.uniform() * size)
    const radius = random.between(0.1, 0.22) * size
    const power = random.between(0.45, 0.8) * (random.chance(0.7) ? 1 : -0.7)
    const cu = u[cy * size + cx]!
    const cv = v[cy * size + cx]!
    for (let y = Math.max(Math.ceil(cy - radius), 0); y < Math.min(cy + radius, size); y++) {
      for (let x = Math.max(Math.ceil(cx - radius), 0); x < Math.min(cx + radius, size); x++) {
        const square = ((x - cx) ** 2 + (y - cy) ** 2) / (radius * radius)
        if (square >= 1) continue
        const pull = power * (1 - square) ** 2
        const at = y * size + x
        u[at]! += (cu - u[at]!) * pull
        v[at]! += (cv - v[at]!) * pull
      }
    }
  }
}

interface Cloth {
  readonly tones: readonly Color[]
  readonly seamColor: Color
  /** Half width of the lines between fields, in periods. */
  readonly seam: number
  /** How far every second row of fields is moved, in periods. */
  readonly shift: number
  /** Share of the fields that bear a disc, a diamond or a half in another tone. */
  readonly printed: number
  readonly seed: number
}

/** Colours each field by a hash of its row and column. Edges are one pixel wide, whatever the distortion. */
function paintField({ size, pixels }: Canvas, { u, v }: Field, cloth: Cloth): void {
  const { tones, seam, seamColor, shift, seed } = cloth
  const printed = cloth.printed * 1024
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      const right = x + 1 < size ? at + 1 : at - 1
      const below = y + 1 < size ? at + size : at - size
      const row = Math.floor(v[at]!)
      const offset = u[at]! + (row & 1) * shift
      const column = Math.floor(offset)
      const du = Math.abs(offset - column - 0.5)
      const dv = Math.abs(v[at]! - row - 0.5)
      const hash = hashOf(column, row, seed)
      const widthU = Math.abs(u[right]! - u[at]!) + Math.abs(u[below]! - u[at]!) + 1e-6
      const widthV = Math.abs(v[right]! - v[at]!) + Math.abs(v[below]! - v[at]!) + 1e-6
      const color = tones[hash % tones.length]!
      const print = tones[(hash >>> 4) % tones.length]!
      let inside = -1
      if ((hash >>> 8) % 1024 < printed) {
        const kind = (hash >>> 18) % 3
        if (kind === 0) inside = 0.3 - Math.sqrt(du * du + dv * dv)
        else if (kind === 1) inside = 0.38 - du - dv
        else inside = offset - column + v[at]! - row - 1
      }
      const a = clamp(0.5 + (2 * inside) / (widthU + widthV))
      const b = clamp(0.5 + Math.max((du - 0.5 + seam) / widthU, (dv - 0.5 + seam) / widthV))
      for (let channel = 0; channel < 3; channel++) {
        const tone = color[channel]! + (print[channel]! - color[channel]!) * a
        pixels[at * 3 + channel] = tone + (seamColor[channel]! - tone) * b
      }
    }
  }
}

function clamp(value: number): number {
  return value < 0 ? 0 : Math.min(value, 1)
}

/** 31 mixed bits for a field of the pattern. */
function hashOf(column: number, row: number, seed: number): number {
  let hash = Math.imul(column + 64, 0x9e3779b1) ^ Math.imul(row + 64, 0x85ebca6b) ^ seed
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 1
}

/** Brightens where the pattern is stretched and darkens where it is pressed together, as light does on folds. */
function shadeFolds({ size, pixels }: Canvas, { u, v }: Field): void {
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      const right = x + 1 < size ? at + 1 : at
      const below = y + 1 < size ? at + size : at
      const tilt = (u[right]! - u[at]! + (v[below]! - v[at]!)) * size
      const light = 1.04 - Math.min(Math.max(tilt * 0.012, -0.2), 0.35)
      for (let channel = 0; channel < 3; channel++) pixels[at * 3 + channel]! *= light
    }
  }
}
