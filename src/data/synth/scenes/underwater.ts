import { type Color, darken, lighten, mix } from '../color.js'
import { bucket, choose, scatter } from '../layout.js'
import { GradientNoise } from '../noise.js'
import { dots, flat, linear, radial } from '../paint.js'
import type { Art, Scene } from '../scene.js'
import { drawCoral, drawFish, drawJelly } from '../sea-life.js'
import { blob, circle, place, reversed, star } from '../shapes.js'
import { curl, hills, stroke } from '../strokes.js'

/** A reef: rays of light, schools of fish, bubbles, kelp, corals, starfish on the sand. */
export const underwater: Scene = art => {
  const { canvas, palette, random } = art
  const [tone, ...others] = random.shuffle([...palette.colors]) as [Color, ...Color[]]
  const water = mix(tone, palette.ground, 0.15)
  const deep = darken(mix(water, choose(random, others), 0.35), 0.45)
  canvas.cover(linear(lighten(water, 0.35), deep, random.between(0.2, 0.8), 0, 0.5, 0.95))
  drawRays(art)
  // What lives here stands out from the water.
  const life = { ...art, palette: { ...palette, colors: others } }
  const noise = new GradientNoise(random)
  for (const base of [0.62, 0.74]) {
    const rock = mix(choose(random, palette.colors), water, base === 0.62 ? 0.6 : 0.3)
    canvas.fill(linear(rock, darken(rock, 0.5), 0, base - 0.1, 0, 1), hills(noise, base * 90, base, 0.16, 4, 3))
  }
  drawKelp(life, water)
  drawSand(life, noise)
  drawSchools(life, noise)
  for (let i = 30 + random.integer(40); i > 0; i--) drawBubble(art)
}

function drawRays(art: Art): void {
  const { canvas, palette, random } = art
  const x = random.between(0, 1)
  for (let i = 0; i < 7; i++) {
    const foot = x + random.between(-0.9, 0.9)
    const width = random.between(0.03, 0.12)
    canvas.fill(flat(palette.light, 0.13), [x - 0.02, -0.1, x + 0.02, -0.1, foot + width, 1, foot - width, 1])
  }
}

function drawKelp(art: Art, water: Color): void {
  const { canvas, palette, random } = art
  for (let i = 14 + random.integer(12); i > 0; i--) {
    const color = mix(darken(choose(random, palette.colors), random.between(0, 0.4)), water, random.between(0, 0.25))
    const x = random.uniform()
    const line = curl(
      random,
      x,
      random.between(0.85, 1),
      -Math.PI / 2 + random.between(-0.2, 0.2),
      random.between(0.25, 0.75),
      1.2,
      14,
    )
    const leafy = random.chance(0.6)
    canvas.fill(flat(color), stroke(line, leafy ? 0.009 : random.between(0.015, 0.035), 'taper'))
    if (!leafy) continue
    for (let k = 2; k < 14; k++) {
      const side = k % 2 === 0 ? 1 : -1
      const angle = Math.atan2(line[k * 2 + 1]! - line[k * 2 - 1]!, line[k * 2]! - line[k * 2 - 2]!) + side * 0.8
      const blade = place([0, 0, 0.5, 0, 1, 0], line[k * 2]!, line[k * 2 + 1]!, 0.06, angle)
      canvas.fill(flat(lighten(color, 0.15)), stroke(blade, 0.022, 'leaf'))
    }
  }
}

function drawSand(art: Art, noise: GradientNoise): void {
  const { canvas, palette, random } = art
  const sand = mix(palette.light, choose(random, palette.colors), 0.35)
  const bed = hills(noise, 3.7, 0.88, 0.05, 3, 2)
  canvas.fill(linear(lighten(sand, 0.1), darken(sand, 0.3), 0, 0.83, 0, 1), bed)
  canvas.fill(dots(sand, darken(sand, 0.35), 0.4, 0.02, 0.3, 0.5), bed)
  for (let i = 12 + random.integer(9); i > 0; i--) {
    const x = random.uniform()
    const y = random.between(0.84, 0.98)
    const color = choose(random, palette.colors)
    const kind = bucket(noise.at(x * 4, 60), 3)
    if (kind === 0) drawCoral(art, x, y, color)
    else if (kind === 1)
      canvas.fill(
        radial(lighten(color, 0.4), darken(color, 0.3), x, y, 0.05),
        place(star(5, 0.42), x, y, random.between(0.03, 0.055), random.between(0, 6)),
      )
    else
      canvas.fill(
        linear(lighten(color, 0.3), darken(color, 0.5), x, y - 0.05, x, y + 0.05),
        place(blob(random), x, y, random.between(0.03, 0.07), 0, 1.4),
      )
  }
}

/** Fish of the same kind swim in the same region and direction. */
function drawSchools(art: Art, noise: GradientNoise): void {
  const { palette, random } = art
  const kinds = Array.from({ length: 5 }, () => ({
    color: choose(random, palette.colors),
    other: random.chance(0.4) ? palette.light : lighten(choose(random, palette.colors), 0.15),
    size: random.between(0.03, 0.085),
    jelly: random.chance(0.25),
    angle: (random.chance(0.5) ? 0 : Math.PI) + random.between(-0.25, 0.25),
  }))
  for (const { x, y } of scatter(random, 44, 0.11)) {
    if (y > 0.86) continue
    const kind = kinds[bucket(noise.at(x * 2.2 + 30, y * 2.2), kinds.length)]!
    if (kind.jelly) drawJelly(art, x, y, kind.size * 0.8, kind.color, palette.light)
    else
      drawFish(
        art,
        x,
        y,
        kind.size * random.between(0.8, 1.15),
        kind.angle + random.between(-0.12, 0.12),
        kind.color,
        kind.other,
      )
  }
}

function drawBubble(art: Art): void {
  const { canvas, random } = art
  const x = random.uniform()
  const y = random.between(0, 0.95)
  const size = random.between(0.006, 0.022) * (random.chance(0.15) ? 2 : 1)
  const rim = place(circle, x, y, size)
  canvas.fill(flat([255, 255, 255], 0.18), rim)
  canvas.fill(flat([255, 255, 255], 0.6), rim, reversed(place(circle, x, y, size * 0.82)))
  canvas.fill(flat([255, 255, 255], 0.85), place(circle, x - size * 0.35, y - size * 0.35, size * 0.22))
}
