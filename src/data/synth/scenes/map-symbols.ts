import { type Color, darken, mix } from '../color.js'
import { choose } from '../layout.js'
import { flat, linear } from '../paint.js'
import type { Palette } from '../palette.js'
import type { Canvas } from '../raster.js'
import type { Art } from '../scene.js'
import { drawTree } from '../scenery.js'
import { circle, moved, place, rectangle, reversed, star } from '../shapes.js'
import { spline, stroke } from '../strokes.js'

/** What the place calls for: waves or a boat at sea, a peak up high, else trees, houses or nothing. */
export function drawSymbol(art: Art, x: number, y: number, height: number, region: number): void {
  const { canvas, palette, random } = art
  const size = random.between(0.02, 0.034)
  const color = choose(random, palette.colors)
  if (height < -0.02) {
    if (region > 0.15) {
      const wave = spline(place([-1, 0, -0.3, -0.3, 0.3, 0.15, 1, -0.15], x, y, size), 4)
      for (const dy of [0, 0.014]) canvas.fill(flat(palette.light, 0.7), stroke(moved(wave, 0, dy), 0.005))
    } else if (region < -0.35) drawBoat(canvas, palette, x, y, size, color)
  } else if (height > 0.4) {
    const light = linear(palette.light, darken(color, 0.4), x - size * 0.2, y - size, x + size, y)
    canvas.fill(light, place([-1, 0, 0, -1.7, 1, 0], x, y, size))
    canvas.fill(flat(darken(color, 0.6), 0.8), place([0, -1.7, 1, 0, 0.2, 0], x, y, size))
  } else if (region > 0) {
    drawTree(art, x, y, size * 2.2, darken(color, 0.35), palette.dark, region > 0.3 ? 'fir' : 'round')
  } else if (region < -0.15) {
    for (let i = 0; i < 4; i++) {
      const hx = x + (i % 2) * size * 0.9
      const hy = y + Math.floor(i / 2) * size * 0.9
      canvas.fill(flat(darken(color, 0.5)), rectangle(hx - size * 0.06, hy - size * 0.06, size * 0.72, size * 0.72))
      canvas.fill(flat(mix(color, palette.light, random.between(0, 0.7))), rectangle(hx, hy, size * 0.6, size * 0.6))
    }
  }
}

function drawBoat(canvas: Canvas, palette: Palette, x: number, y: number, size: number, color: Color): void {
  canvas.fill(flat(palette.dark), place([-1, 0, 1, 0, 0.6, 0.5, -0.6, 0.5], x, y, size))
  canvas.fill(flat(palette.light), place([0, -1.6, 0.9, -0.15, 0, -0.15], x, y, size))
  canvas.fill(flat(color), place([-0.1, -1.3, -0.8, -0.15, -0.1, -0.15], x, y, size))
}

/** A compass rose somewhere in the picture. */
export function drawCompass(art: Art): void {
  const { canvas, palette, random } = art
  const x = random.between(0.15, 0.85)
  const y = random.between(0.15, 0.85)
  const size = random.between(0.07, 0.12)
  canvas.fill(flat(palette.light, 0.85), place(circle, x, y, size), reversed(place(circle, x, y, size * 0.86)))
  canvas.fill(flat(darken(choose(random, palette.colors), 0.3)), place(star(4, 0.25), x, y, size * 0.75, Math.PI / 4))
  canvas.fill(flat(palette.dark), place(star(4, 0.2), x, y, size * 1.1))
  canvas.fill(flat(palette.light), place(circle, x, y, size * 0.15))
}
