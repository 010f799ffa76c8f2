import { type Color, darken, lighten, mix } from '../color.js'
import { bucket, choose } from '../layout.js'
import { GradientNoise } from '../noise.js'
import { flat, linear, stripes } from '../paint.js'
import { regionColor } from '../palette.js'
import type { Canvas } from '../raster.js'
import type { Art, Scene } from '../scene.js'
import { drawTree } from '../scenery.js'
import { place } from '../shapes.js'
import { stroke } from '../strokes.js'

/** One field of the board: its front corner in the picture and the half width of its diamond. */
interface Field {
  readonly x: number
  readonly y: number
  readonly half: number
}

/** A model town from above: blocks of many heights, parks, ponds and pyramids on a board of diamonds. */
export const isometric: Scene = art => {
  const { canvas, palette, random } = art
  canvas.cover(flat(mix(palette.ground, palette.dark, 0.2)))
  const half = random.between(0.055, 0.085)
  const noise = new GradientNoise(random)
  const rows = Math.ceil(1.5 / (half * 0.5))
  const columns = Math.ceil(1 / (half * 2)) + 1
  const lawn = choose(random, palette.colors)
  for (let row = -2; row < rows; row++) {
    for (let column = -1; column < columns; column++) {
      const field = { x: (column * 2 + (row & 1) + 0.5) * half, y: row * half * 0.5, half }
      const use = noise.at(field.x * 2.8, field.y * 2.8) + random.between(-0.2, 0.2)
      drawField(art, field, bucket(use, 6), lawn, regionColor(palette, noise, random, field.x, field.y))
    }
  }
}

function drawField(art: Art, field: Field, use: number, lawn: Color, color: Color): void {
  const { canvas, palette, random } = art
  const { x, y, half } = field
  if (use === 0) {
    const water = lighten(palette.ground2, 0.1)
    drawBlock(canvas, field, half * 0.1, water)
    for (const t of [-0.35, -0.6])
      canvas.fill(
        flat(palette.light, 0.8),
        stroke(place([-0.4, t, 0, t - 0.1, 0.4, t], x, y, half), half * 0.07, 'leaf'),
      )
  } else if (use === 1 || use === 4) {
    drawBlock(canvas, field, half * 0.15, use === 1 ? lawn : lighten(lawn, 0.25))
    if (random.chance(0.75))
      drawTree(
        art,
        x,
        y - half * 0.5,
        half * random.between(1.2, 1.9),
        darken(choose(random, palette.colors), 0.2),
        palette.dark,
        use === 1 ? 'fir' : 'round',
      )
  } else if (use === 5) {
    drawPyramid(canvas, field, half * random.between(0.5, 1), color)
  } else {
    const height = half * random.between(0.5, use === 2 ? 1.4 : 2.6)
    drawBlock(canvas, field, height, color)
    drawFacades(art, field, height, color)
  }
}

/** The outline of a field seen from above, front corner in the origin. */
const diamond = [0, 0, 1, -0.5, 0, -1, -1, -0.5]

/** A box on the field, lit from the left. */
function drawBlock(canvas: Canvas, { x, y, half }: Field, height: number, color: Color): void {
  const h = height / half
  const left = place([-1, -0.5, 0, 0, 0, -h, -1, -0.5 - h], x, y, half)
  const right = place([1, -0.5, 0, 0, 0, -h, 1, -0.5 - h], x, y, half)
  canvas.fill(linear(color, darken(color, 0.3), 0, y - height, 0, y), left)
  canvas.fill(linear(darken(color, 0.4), darken(color, 0.65), 0, y - height, 0, y), right)
  canvas.fill(flat(lighten(color, 0.35)), place(diamond, x, y - height, half))
}

function drawPyramid(canvas: Canvas, field: Field, height: number, color: Color): void {
  const { x, y, half } = field
  drawBlock(canvas, field, half * 0.15, lighten(color, 0.3))
  const foot = y - half * 0.15
  const tip = foot - half * 0.5 - height
  const h = height / half
  canvas.fill(
    linear(lighten(color, 0.4), color, x, tip, x, foot),
    place([-0.85, -0.5, 0, -0.08, 0, -0.5 - h], x, foot, half),
  )
  canvas.fill(
    linear(darken(color, 0.25), darken(color, 0.55), x, tip, x, foot),
    place([0.85, -0.5, 0, -0.08, 0, -0.5 - h], x, foot, half),
  )
}

function drawFacades(art: Art, { x, y, half }: Field, height: number, color: Color): void {
  const { canvas, palette, random } = art
  const style = random.integer(4)
  const light = random.chance(0.6) ? palette.light : lighten(choose(random, palette.colors), 0.5)
  const floors = Math.max(Math.round(height / (half * 0.38)), 1)
  for (const side of [-1, 1]) {
    const pane = flat(side === 1 ? mix(light, darken(color, 0.6), 0.45) : light)
    const at = (u: number, v: number) => [x + side * half * u, y - half * 0.5 * u - height * v]
    for (let floor = 0; floor < floors; floor++) {
      const [low, high] = [(floor + 0.25) / floors, (floor + 0.75) / floors]
      for (const from of style === 0 ? [0.1] : [0.1, 0.4, 0.7]) {
        if (style === 3 && random.chance(0.4)) continue
        const to = style === 0 ? 0.9 : from + 0.2
        canvas.fill(pane, [...at(from, low), ...at(to, low), ...at(to, high), ...at(from, high)])
      }
    }
  }
  const top = y - height - half * 0.5
  if (style === 1)
    canvas.fill(
      stripes(darken(color, 0.2), light, 0.46, half * 0.3, 0.5, 0.8),
      place(diamond, x, top + half * 0.35, half * 0.7),
    )
  if (style === 2)
    drawBlock(canvas, { x, y: top + half * 0.25, half: half * 0.5 }, half * 0.3, choose(random, palette.colors))
}
