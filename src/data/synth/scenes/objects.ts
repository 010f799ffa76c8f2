import { type Color, darken, lighten } from '../color.js'
import { anyPaint, drawFlower, drawLeaf, fillRaised, outline } from '../figures.js'
import { bucket, choose, chooseSome, scatter } from '../layout.js'
import { GradientNoise } from '../noise.js'
import { dots, flat, linear, stripes } from '../paint.js'
import { regionColor } from '../palette.js'
import type { Contour } from '../raster.js'
import type { Art, Scene } from '../scene.js'
import {
  arrow,
  blob,
  circle,
  crescent,
  cross,
  drop,
  flower,
  gear,
  heart,
  leaf,
  place,
  polygon,
  star,
} from '../shapes.js'

const shapes: readonly Contour[] = [
  circle,
  polygon(3),
  polygon(4),
  polygon(5),
  polygon(6),
  star(5, 0.45),
  star(4, 0.4),
  star(8, 0.6),
  star(12, 0.75),
  flower(5, 0.4),
  flower(4, 0.6),
  flower(8, 0.3),
  leaf(0.45),
  leaf(0.25),
  heart,
  crescent,
  drop,
  cross,
  arrow,
  gear(8, 0.72),
]

/** Things strewn over a table cloth: a handful of kinds, each at home in some regions of the picture. */
export const objects: Scene = art => {
  const { palette, random } = art
  drawCloth(art)
  const kinds = chooseSome(random, shapes, 4 + random.integer(5))
  if (random.chance(0.4)) kinds.push(blob(random, 0.2))
  const noise = new GradientNoise(random)
  const scale = random.between(0.045, 0.085)
  const places = scatter(random, 220, scale * random.between(1.45, 1.9))
  const natural = random.chance(0.35)
  for (const { x, y } of places) {
    const size = scale * random.between(0.65, 1.25)
    const kind = random.chance(0.2) ? random.integer(kinds.length) : bucket(noise.at(x * 2.6, y * 2.6), kinds.length)
    const color = regionColor(palette, noise, random, x, y)
    if (natural && kind < 2) drawNatural(art, kind === 0, x, y, size, color)
    else drawObject(art, kinds[kind]!, x, y, size, color)
  }
}

function drawCloth(art: Art): void {
  const { canvas, palette, random } = art
  canvas.cover(linear(palette.ground, palette.ground2, random.uniform(), 0, random.uniform(), 1))
  const { ground, ground2 } = palette
  const angle = random.between(0, Math.PI)
  const period = random.between(0.025, 0.08)
  const weave = lighten(ground2, 0.25)
  const kind = random.integer(4)
  if (kind === 0) canvas.cover(stripes(ground, weave, angle, period, 0.4, 0.6))
  if (kind === 1) canvas.cover(dots(ground, weave, angle, period, 0.4, 0.6))
  if (kind === 2) {
    canvas.cover(stripes(ground, weave, angle, period * 1.5, 0.5, 0.4))
    canvas.cover(stripes(ground, weave, angle + Math.PI / 2, period * 1.5, 0.5, 0.4))
  }
}

function drawObject(art: Art, shape: Contour, x: number, y: number, size: number, color: Color): void {
  const { canvas, palette, random } = art
  const angle = random.between(0, 2 * Math.PI)
  const contour = place(shape, x, y, size, angle)
  const other = random.chance(0.5) ? palette.light : choose(random, palette.colors)
  fillRaised(canvas, contour, anyPaint(random, color, other, x, y, size), palette.dark, size * 0.16)
  const finish = random.integer(4)
  if (finish === 0) outline(canvas, contour, flat(darken(color, 0.6)), 0.85)
  if (finish === 1) canvas.fill(flat(other, 0.9), place(shape, x, y, size * 0.45, angle))
  if (finish === 2) outline(canvas, place(shape, x, y, size * 0.75, angle), flat(palette.light, 0.85), 0.85)
}

/** A flower or a twig of three leaves. */
function drawNatural(art: Art, blooming: boolean, x: number, y: number, size: number, color: Color): void {
  const { canvas, palette, random } = art
  canvas.glow(x + size * 0.15, y + size * 0.25, size * 1.2, palette.dark, 0.4)
  if (blooming) {
    drawFlower(art, x, y, size, color, choose(random, palette.colors))
    return
  }
  const angle = random.between(0, 6.3)
  for (const turn of [-0.7, 0, 0.7]) {
    drawLeaf(canvas, x - Math.cos(angle) * size, y - Math.sin(angle) * size, size * 1.9, angle + turn, 0.3, color)
  }
}
