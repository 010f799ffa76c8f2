import { type Color, darken, lighten, mix } from '../color.js'
import { choose } from '../layout.js'
import { flat, linear, radial, stripes } from '../paint.js'
import type { Art, Scene } from '../scene.js'
import { drawCloud, drawTree } from '../scenery.js'
import { circle, place, rectangle, star } from '../shapes.js'

/** Rows of buildings with lit windows, one behind the other, below a sky; trees along the street. */
export const city: Scene = art => {
  const { canvas, palette, random } = art
  const night = random.chance(0.4)
  const tone = choose(random, palette.colors)
  const sky = night ? mix(palette.dark, tone, 0.3) : mix(tone, palette.light, random.between(0.1, 0.5))
  const haze = mix(sky, choose(random, palette.colors), 0.6)
  canvas.cover(linear(sky, haze, 0, 0, random.between(-0.3, 0.3), 0.7))
  drawHeaven(art, night, haze)
  const rows = 3 + random.integer(2)
  for (let row = 0; row < rows; row++) {
    const near = row / (rows - 1)
    const floor = 0.5 + 0.46 * near
    let x = random.between(-0.1, 0)
    while (x < 1) {
      const width = random.between(0.06, 0.13) * (0.8 + 0.6 * near)
      const height = random.between(0.14, 0.42)
      const color = mix(choose(random, palette.colors), haze, 0.4 * (1 - near))
      drawBuilding(art, x, floor - height, width, 1 - floor + height, color)
      x += width + (random.chance(0.2) ? random.between(0, 0.05) : -0.005)
    }
  }
  drawStreet(art)
}

function drawHeaven(art: Art, night: boolean, haze: Color): void {
  const { canvas, palette, random } = art
  const x = random.between(0.1, 0.9)
  const y = random.between(0.08, 0.25)
  const size = random.between(0.05, 0.1)
  const lamp = lighten(choose(random, palette.colors), 0.5)
  canvas.glow(x, y, size * 4, lamp, 0.6)
  canvas.fill(radial(lighten(lamp, 0.5), lamp, x, y, size), place(circle, x, y, size))
  if (night) {
    for (let i = 0; i < 70; i++) {
      canvas.fill(
        flat(palette.light, random.between(0.4, 1)),
        place(star(4, 0.35), random.uniform(), random.between(0, 0.55), random.between(0.004, 0.014)),
      )
    }
  }
  for (let i = 2 + random.integer(4); i > 0; i--) {
    drawCloud(
      art,
      random.uniform(),
      random.between(0.06, 0.35),
      random.between(0.05, 0.13),
      lighten(haze, night ? 0.15 : 0.5),
      night ? 0.5 : 0.9,
    )
  }
}

function drawBuilding(art: Art, x: number, y: number, width: number, height: number, color: Color): void {
  const { canvas, palette, random } = art
  const wall = random.chance(0.4) ? darken(color, 0.45) : color
  drawRoof(art, x, y, width, wall)
  canvas.fill(linear(lighten(wall, 0.12), darken(wall, 0.3), x, y, x + width, y), rectangle(x, y, width, height))
  const columns = 2 + random.integer(4)
  const step = width / (columns + 0.4)
  const rowStep = step * random.between(0.9, 1.7)
  const style = random.integer(4)
  const lit = random.between(0.2, 0.8)
  const light = lighten(choose(random, palette.colors), 0.55)
  const pane = darken(wall, 0.6)
  if (style === 3) {
    canvas.fill(
      stripes(wall, random.chance(0.5) ? light : pane, Math.PI / 2, rowStep * 0.7, 0.5),
      rectangle(x + width * 0.1, y + step * 0.4, width * 0.8, height),
    )
    return
  }
  for (let wy = y + rowStep * 0.35; wy < Math.min(y + height, 1); wy += rowStep) {
    for (let column = 0; column < columns; column++) {
      const wx = x + step * (0.4 + column)
      const glassPane = flat(random.chance(lit) ? light : pane)
      if (style === 0) canvas.fill(glassPane, rectangle(wx, wy, step * 0.62, rowStep * 0.6))
      else if (style === 1) canvas.fill(glassPane, rectangle(wx, wy, step * 0.4, rowStep * 0.72))
      else canvas.fill(glassPane, place(circle, wx + step * 0.3, wy + rowStep * 0.3, step * 0.3))
    }
  }
}

function drawRoof(art: Art, x: number, y: number, width: number, wall: Color): void {
  const { canvas, palette, random } = art
  const kind = random.integer(6)
  const middle = x + width / 2
  const roof = darken(choose(random, palette.colors), 0.15)
  if (kind === 0)
    canvas.fill(flat(roof), [x - width * 0.06, y + 0.002, middle, y - width * 0.6, x + width * 1.06, y + 0.002])
  if (kind === 1)
    canvas.fill(
      linear(lighten(roof, 0.3), darken(roof, 0.3), x, y, x + width, y),
      place(circle, middle, y, width * 0.42),
    )
  if (kind === 2) {
    canvas.fill(flat(darken(wall, 0.3)), rectangle(middle - width * 0.04, y - width * 0.9, width * 0.08, width))
    canvas.fill(flat(roof), place(circle, middle, y - width * 0.9, width * 0.1))
  }
  if (kind === 3)
    for (const step of [0.15, 0.3])
      canvas.fill(flat(wall), rectangle(x + width * step, y - width * step * 1.5, width * (1 - 2 * step), width))
  if (kind === 4) canvas.fill(flat(roof), [x, y + 0.002, x, y - width * 0.55, x + width, y + 0.002])
}

function drawStreet(art: Art): void {
  const { canvas, palette, random } = art
  const road = darken(mix(palette.ground, palette.dark, 0.5), 0.2)
  canvas.fill(linear(lighten(road, 0.2), road, 0, 0.93, 0, 1), rectangle(0, 0.94, 1, 0.07))
  canvas.fill(stripes(road, palette.light, 0, 0.09, 0.5, 0.9), rectangle(0, 0.965, 1, 0.009))
  for (let i = 5 + random.integer(8); i > 0; i--) {
    const color = darken(choose(random, palette.colors), 0.2)
    drawTree(
      art,
      random.uniform(),
      0.95,
      random.between(0.1, 0.2),
      color,
      palette.dark,
      random.chance(0.5) ? 'round' : 'poplar',
    )
  }
}
