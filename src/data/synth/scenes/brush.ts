import type { Random } from '../../../prng.js'
import { type Color, darken, lighten, mix } from '../color.js'
import { choose } from '../layout.js'
import { GradientNoise } from '../noise.js'
import { flat } from '../paint.js'
import type { Art, Scene } from '../scene.js'
import { stroke } from '../strokes.js'

interface Vortex {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly spin: number
}

/** A painting of short brush strokes along a field of flow with whirls in it, coloured by drifting regions. */
export const brush: Scene = art => {
  const { canvas, palette, random } = art
  canvas.cover(flat(mix(palette.ground, palette.dark, 0.4)))
  const noise = new GradientNoise(random)
  const vortices = drawVortices(random)
  const flow = random.between(1, 2.4)
  const patches = random.between(3, 6)
  const width = random.between(0.011, 0.022)
  const length = random.between(0.05, 0.12)
  const colors = [...palette.colors, palette.light, palette.dark]
  const perRow = Math.round(0.5 / width)
  paintGround(art, noise, vortices, flow, colors)
  const order = random.shuffle(Array.from({ length: perRow * perRow }, (_, i) => i))
  for (const place of order) {
    const x = ((place % perRow) + random.uniform()) / perRow
    const y = (Math.floor(place / perRow) + random.uniform()) / perRow
    const line = followFlow(noise, vortices, flow, x, y, length * random.between(0.6, 1.2))
    const region = noise.at(x * patches + 50, y * patches) + 0.55 * noise.at(x * patches * 2.7, y * patches * 2.7 + 80)
    const at = Math.floor((region * 0.55 + 0.5) * colors.length + random.between(-0.7, 0.7))
    const color = colors[Math.min(Math.max(at, 0), colors.length - 1)]!
    const shade = random.between(-0.3, 0.3)
    const tone = shade < 0 ? darken(color, -shade) : lighten(color, shade)
    const bristle = stroke(line, width * random.between(0.9, 1.6), 'leaf')
    canvas.fill(flat(tone, 0.92), bristle)
    if (random.chance(0.5)) canvas.fill(flat(lighten(tone, 0.35), 0.6), stroke(line, width * 0.25, 'leaf'))
  }
  for (const vortex of vortices) {
    if (random.chance(0.6))
      canvas.glow(vortex.x, vortex.y, vortex.radius * 0.6, lighten(choose(random, palette.colors), 0.6), 0.5)
  }
}

/** Broad dark strokes that show between the later ones. */
function paintGround(
  art: Art,
  noise: GradientNoise,
  vortices: readonly Vortex[],
  flow: number,
  colors: readonly Color[],
): void {
  const { canvas, random } = art
  for (let i = 0; i < 400; i++) {
    const line = followFlow(
      noise,
      vortices,
      flow,
      ((i % 20) + random.uniform()) / 20,
      (Math.floor(i / 20) + random.uniform()) / 20,
      0.16,
    )
    canvas.fill(flat(darken(choose(random, colors), random.between(0.2, 0.55))), stroke(line, 0.055, 'leaf'))
  }
}

function drawVortices(random: Random): Vortex[] {
  return Array.from({ length: 2 + random.integer(6) }, () => ({
    x: random.uniform(),
    y: random.uniform(),
    radius: random.between(0.07, 0.2),
    spin: random.chance(0.5) ? 1 : -1,
  }))
}

function followFlow(
  noise: GradientNoise,
  vortices: readonly Vortex[],
  flow: number,
  startX: number,
  startY: number,
  length: number,
): number[] {
  let x = startX
  let y = startY
  const line = [x, y]
  for (let step = 0; step < 6; step++) {
    const angle = noise.at(x * flow, y * flow) * 4
    let dx = Math.cos(angle)
    let dy = Math.sin(angle)
    for (const v of vortices) {
      const rx = (x - v.x) / v.radius
      const ry = (y - v.y) / v.radius
      const pull = (3 * v.spin) / (0.3 + (rx * rx + ry * ry) ** 2)
      dx -= ry * pull
      dy += rx * pull
    }
    const norm = length / 6 / (Math.sqrt(dx * dx + dy * dy) + 1e-6)
    x += dx * norm
    y += dy * norm
    line.push(x, y)
  }
  return line
}
