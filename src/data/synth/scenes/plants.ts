import type { Random } from '../../../prng.js'
import { type Color, darken, lighten, mix } from '../color.js'
import { drawFlower, drawLeaf } from '../figures.js'
import { bucket, choose, scatter } from '../layout.js'
import { GradientNoise } from '../noise.js'
import { flat, linear, radial } from '../paint.js'
import type { Palette } from '../palette.js'
import type { Art, Scene } from '../scene.js'
import { circle, place } from '../shapes.js'
import { curl, stroke } from '../strokes.js'

/** What grows on a twig's sides and at its end; differs from region to region. */
interface Species {
  readonly leafWidth: number
  readonly leafColor: Color
  readonly fruit: 'flower' | 'berries' | 'bud' | 'none'
  readonly fruitColor: Color
}

interface Growth extends Art {
  readonly noise: GradientNoise
  readonly species: readonly Species[]
}

/** A thicket of branching stems with leaves, blossoms and berries in front of blurred lights. */
export const plants: Scene = art => {
  const { canvas, palette, random } = art
  const back = random.chance(0.5) ? darken(palette.dark, 0.2) : mix(palette.ground, palette.light, 0.6)
  canvas.cover(linear(back, mix(back, palette.ground2, 0.5), random.uniform(), 0, random.uniform(), 1))
  for (let i = 0; i < 36; i++) {
    const color = choose(random, palette.colors)
    canvas.glow(
      random.uniform(),
      random.uniform(),
      random.between(0.05, 0.16),
      lighten(color, 0.2),
      random.between(0.1, 0.4),
    )
  }
  const species = Array.from({ length: 3 + random.integer(3) }, () => makeSpecies(palette, random))
  const growth = { ...art, noise: new GradientNoise(random), species }
  const fromAll = random.chance(0.5)
  const stems = fromAll ? 12 + random.integer(6) : 9 + random.integer(4)
  for (let i = 0; i < stems; i++) {
    const t = (i + random.uniform()) / stems
    const side = fromAll ? i % 4 : 2
    const x = side === 1 ? 1.02 : side === 3 ? -0.02 : t
    const y = side === 0 ? -0.02 : side === 2 ? 1.02 : t
    const angle = Math.atan2(0.5 - y, 0.5 - x)
    const upwards = -Math.PI / 2 + random.between(-0.25, 0.25)
    const length = fromAll ? random.between(0.35, 0.6) : random.between(0.6, 1.05)
    growBranch(growth, x, y, fromAll ? angle + random.between(-0.5, 0.5) : upwards, length, 0.016, 2)
  }
  for (const { x, y } of scatter(random, 9, 0.2)) drawButterfly(art, x, y)
}

function makeSpecies(palette: Palette, random: Random): Species {
  return {
    leafWidth: random.between(0.18, 0.55),
    leafColor: choose(random, palette.colors),
    fruit: choose(random, ['flower', 'flower', 'berries', 'bud', 'none'] as const),
    fruitColor: choose(random, palette.colors),
  }
}

/** One stem: leaves along it, side branches of half its length while `depth` lasts, a fruit at the end. */
function growBranch(
  growth: Growth,
  x: number,
  y: number,
  angle: number,
  length: number,
  width: number,
  depth: number,
): void {
  const { canvas, palette, random, noise, species } = growth
  const line = curl(random, x, y, angle, length, 0.9, 12)
  const last = line.length - 2
  const kind = species[bucket(noise.at(line[last]! * 2.2, line[last + 1]! * 2.2), species.length)]!
  const bark = mix(palette.dark, kind.leafColor, 0.4)
  canvas.fill(flat(darken(bark, 0.2)), stroke(line, width, 'taper'))
  const size = 0.035 + 0.025 * depth
  for (let i = 2; i < 12; i++) {
    const px = line[i * 2]!
    const py = line[i * 2 + 1]!
    const direction = Math.atan2(py - line[i * 2 - 1]!, px - line[i * 2 - 2]!)
    const side = i % 2 === 0 ? 1 : -1
    if (depth > 0 && i % 3 === 0) {
      growBranch(
        growth,
        px,
        py,
        direction + side * random.between(0.4, 0.9),
        length * random.between(0.25, 0.45),
        width * 0.55,
        depth - 1,
      )
    } else {
      const tone = random.chance(0.5)
        ? darken(kind.leafColor, random.between(0, 0.35))
        : lighten(kind.leafColor, random.between(0, 0.25))
      drawLeaf(
        canvas,
        px,
        py,
        size * random.between(0.8, 1.3),
        direction + side * random.between(0.5, 1),
        kind.leafWidth,
        tone,
      )
    }
  }
  drawFruit(growth, kind, line[last]!, line[last + 1]!, size)
}

function drawFruit(art: Art, kind: Species, x: number, y: number, size: number): void {
  const { canvas, palette, random } = art
  const color = kind.fruitColor
  if (kind.fruit === 'flower') drawFlower(art, x, y, size * random.between(0.7, 1.1), color, palette.light)
  if (kind.fruit === 'berries') {
    for (let i = 0; i < 4; i++) {
      const bx = x + random.between(-0.5, 0.5) * size
      const by = y + random.between(-0.5, 0.5) * size
      const r = size * 0.3
      canvas.fill(
        radial(lighten(color, 0.7), darken(color, 0.3), bx - r * 0.4, by - r * 0.4, r * 1.4),
        place(circle, bx, by, r),
      )
    }
  }
  if (kind.fruit === 'bud')
    canvas.fill(
      radial(lighten(color, 0.5), darken(color, 0.2), x, y - size * 0.2, size * 0.5),
      place(circle, x, y, size * 0.4, 0, 0.7),
    )
}

/** Two pairs of patterned wings around a slender body. */
function drawButterfly(art: Art, x: number, y: number): void {
  const { canvas, palette, random } = art
  const size = random.between(0.03, 0.06)
  const angle = random.between(-1, 1)
  const color = choose(random, palette.colors)
  const spot = random.chance(0.5) ? palette.light : choose(random, palette.colors)
  const wing = (turn: number, length: number, width: number) => {
    const direction = angle - Math.PI / 2 + turn
    drawLeaf(canvas, x, y, size * length, direction, width, color)
    const reach = size * length * 0.62
    const at: [number, number] = [x + Math.cos(direction) * reach, y + Math.sin(direction) * reach]
    canvas.fill(flat(spot), place(circle, ...at, size * width * 0.28))
  }
  for (const side of [-1, 1]) {
    wing(side * 2.2, 1.1, 0.6)
    wing(side * 0.95, 1.5, 0.55)
  }
  canvas.fill(flat(palette.dark), place(circle, x, y, size * 0.55, angle, 0.2))
}
