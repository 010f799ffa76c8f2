import { type Color, darken, lighten, mix } from '../color.js'
import { drawFlower } from '../figures.js'
import { choose } from '../layout.js'
import { GradientNoise } from '../noise.js'
import { dots, flat, linear, radial, stripes } from '../paint.js'
import type { Art, Scene } from '../scene.js'
import { drawBalloon, drawCloud, drawGrass, drawHouse, drawTree } from '../scenery.js'
import { circle, place } from '../shapes.js'
import { hills, stroke } from '../strokes.js'

/** Ranges of hills one behind the other, with fields, woods and houses, below a sky with a sun, clouds and birds. */
export const landscape: Scene = art => {
  const { canvas, palette, random } = art
  const horizon = random.between(0.2, 0.42)
  const sky = mix(choose(random, palette.colors), palette.light, random.between(0.1, 0.5))
  const low = mix(choose(random, palette.colors), palette.light, random.between(0.3, 0.6))
  drawSky(art, horizon, sky, low)
  const noise = new GradientNoise(random)
  const layers = 5 + random.integer(4)
  for (let i = 0; i < layers; i++) {
    const near = i / (layers - 1)
    const base = horizon + (0.97 - horizon) * near ** 1.15
    const cells = random.between(2, 4.5)
    const height = random.between(0.05, 0.13) * (1.3 - near * 0.6)
    const shape = hills(noise, i * 5.3 + 0.5, base, height, cells, i < 2 ? 4 : 2)
    const color = mix(choose(random, palette.colors), low, 0.45 * (1 - near))
    const other = mix(choose(random, palette.colors), color, 0.55)
    canvas.fill(linear(lighten(color, 0.15), darken(color, 0.3), 0, base - height, 0, base + 0.25), shape)
    const crop = random.integer(3)
    const angle = random.between(-0.5, 0.5) + (random.chance(0.5) ? 0 : Math.PI / 2)
    if (i > 0 && crop === 0) canvas.fill(stripes(color, other, angle, 0.015 + 0.03 * near, 0.5, 0.55), shape)
    if (i > 0 && crop === 1) canvas.fill(dots(color, other, angle, 0.012 + 0.025 * near, 0.5, 0.7), shape)
    const surface = (x: number) => base - height * noise.at(x * cells, i * 5.3 + 0.5)
    if (i > 0) settle(art, noise, near, surface)
  }
}

function drawSky(art: Art, horizon: number, sky: Color, low: Color): void {
  const { canvas, palette, random } = art
  canvas.cover(linear(sky, low, 0, 0, random.between(-0.2, 0.2), horizon + 0.15))
  const x = random.between(0.1, 0.9)
  const y = random.between(0.08, horizon)
  const size = random.between(0.05, 0.11)
  const sun = lighten(choose(random, palette.colors), 0.35)
  if (random.chance(0.3)) {
    for (let i = 0; i < 24; i++) {
      const angle = (i * Math.PI) / 12
      const to = (turn: number) => [x + Math.cos(angle + turn) * 1.5, y + Math.sin(angle + turn) * 1.5]
      canvas.fill(flat(palette.light, 0.22), [x, y, ...to(0), ...to(0.13)])
    }
  }
  canvas.glow(x, y, size * 4, lighten(sun, 0.5), 0.7)
  canvas.fill(radial(lighten(sun, 0.5), sun, x, y, size), place(circle, x, y, size))
  const tone = lighten(mix(choose(random, palette.colors), low, 0.5), 0.35)
  for (let i = 2 + random.integer(5); i > 0; i--) {
    drawCloud(art, random.uniform(), random.between(0.06, horizon), random.between(0.05, 0.14), tone)
  }
  for (let i = random.integer(9); i > 0; i--) drawBird(art, horizon)
  for (let i = random.integer(4); i > 0; i--) {
    drawBalloon(art, random.uniform(), random.between(0.08, horizon), random.between(0.025, 0.055))
  }
}

function drawBird(art: Art, horizon: number): void {
  const { canvas, palette, random } = art
  const x = random.uniform()
  const y = random.between(0.03, horizon)
  const size = random.between(0.012, 0.03)
  const wing = place([-1, -0.5, -0.5, -0.55, 0, 0, 0.5, -0.55, 1, -0.5], x, y, size)
  canvas.fill(flat(palette.dark), stroke(wing, size * 0.28, 'leaf'))
}

/** What stands on a range: groups of trees whose kind changes along it, houses, and in front flowers and grass. */
function settle(art: Art, noise: GradientNoise, near: number, surface: (x: number) => number): void {
  const { palette, random } = art
  const size = 0.05 + 0.14 * near
  const trunk = darken(palette.dark, 0.2)
  const leafy = [choose(random, palette.colors), choose(random, palette.colors)]
  const count = Math.round(random.between(9, 22) * (1.5 - near))
  const places = Array.from({ length: count }, () => {
    const x = random.uniform()
    return { x, y: surface(x) + random.between(0.01, 0.09) * (0.4 + near) }
  })
  for (const { x, y } of places.sort((a, b) => a.y - b.y)) {
    const what = noise.at(x * 2.3 + 9, near * 7)
    if (what > 0.35) drawHouse(art, x, y, size * 0.6)
    else if (what > -0.5) {
      const kind = what > 0 ? 'fir' : what > -0.25 ? 'round' : 'poplar'
      drawTree(art, x, y, size * random.between(0.7, 1.2), darken(choose(random, leafy), 0.25), trunk, kind)
    } else drawGrass(art, x, y, size * 0.4, palette.colors)
  }
  if (near < 0.7) return
  for (let i = 0; i < 16; i++) {
    const x = random.uniform()
    const y = surface(x) + random.between(0.02, 0.2)
    if (noise.at(x * 3, y * 3) > 0.1)
      drawFlower(art, x, y, random.between(0.012, 0.032), choose(random, palette.colors), palette.light)
    else drawGrass(art, x, y, random.between(0.03, 0.07), palette.colors)
  }
}
