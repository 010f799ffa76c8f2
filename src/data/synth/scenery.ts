import { type Color, darken, lighten, mix } from './color.js'
import { choose } from './layout.js'
import { flat, linear, radial } from './paint.js'
import type { Art } from './scene.js'
import { circle, leaf, place, polar, rectangle } from './shapes.js'
import { curl, stroke } from './strokes.js'

/** A cloud of puffs on a flat base, `size` half as wide. */
export function drawCloud(art: Art, x: number, y: number, size: number, color: Color, alpha = 0.9): void {
  const { canvas, random } = art
  const puffs = 5 + random.integer(4)
  for (let i = 0; i < puffs; i++) {
    const t = (i + 0.5) / puffs - 0.5
    const radius = size * (0.5 - Math.abs(t) * 0.6) * random.between(0.7, 1.1)
    const cx = x + 1.8 * t * size
    const shade = mix(color, lighten(color, 0.6), random.uniform())
    canvas.fill(
      linear(lighten(shade, 0.4), shade, cx, y - radius * 1.5, cx, y, alpha),
      place(circle, cx, y - radius * 0.6, radius),
    )
  }
  canvas.fill(flat(color, alpha), place(circle, x, y - size * 0.06, size * 0.12, 0, 7))
}

export type TreeKind = 'fir' | 'round' | 'poplar'

/** A tree standing on (x, y), `size` high. */
export function drawTree(
  art: Art,
  x: number,
  y: number,
  size: number,
  color: Color,
  trunk: Color,
  kind: TreeKind,
): void {
  const { canvas, random } = art
  canvas.fill(flat(trunk), rectangle(x - size * 0.035, y - size * 0.4, size * 0.07, size * 0.4))
  if (kind === 'fir') {
    for (let tier = 0; tier < 4; tier++) {
      const base = y - size * (0.12 + 0.2 * tier)
      const half = size * (0.3 - 0.055 * tier)
      const shape = [x - half, base, x, base - size * 0.36, x + half, base]
      canvas.fill(linear(lighten(color, 0.18), darken(color, 0.35), x - half, base, x + half, base), shape)
    }
  } else if (kind === 'round') {
    for (let i = 0; i < 5; i++) {
      const angle = i * 1.26 + random.between(-0.3, 0.3)
      const cx = x + Math.cos(angle) * size * 0.17
      const cy = y - size * 0.62 + Math.sin(angle) * size * 0.15
      const r = size * random.between(0.17, 0.25)
      canvas.fill(
        radial(lighten(color, 0.3), darken(color, 0.25), cx - r * 0.4, cy - r * 0.5, r * 1.5),
        place(circle, cx, cy, r),
      )
    }
  } else {
    const shape = place(leaf(0.28), x, y - size * 0.56, size * 0.46)
    canvas.fill(linear(lighten(color, 0.25), darken(color, 0.3), x - size * 0.1, y, x + size * 0.12, y), shape)
  }
}

/** A tuft of grass blades from (x, y) upwards. */
export function drawGrass(art: Art, x: number, y: number, size: number, colors: readonly Color[]): void {
  const { canvas, random } = art
  for (let i = 0; i < 5; i++) {
    const blade = curl(
      random,
      x + random.between(-0.3, 0.3) * size,
      y,
      -Math.PI / 2 + random.between(-0.45, 0.45),
      size * random.between(0.5, 1),
      1,
      5,
    )
    canvas.fill(flat(choose(random, colors)), stroke(blade, size * 0.14, 'taper'))
  }
}

/** A house with a hipped roof, door and windows, its lower left corner at (x, y). */
export function drawHouse(art: Art, x: number, y: number, size: number): void {
  const { canvas, palette, random } = art
  const wall = lighten(choose(random, palette.colors), 0.45)
  const roof = darken(choose(random, palette.colors), 0.2)
  const width = size * random.between(0.8, 1.4)
  canvas.fill(
    linear(lighten(wall, 0.2), darken(wall, 0.25), x, y, x + width, y),
    rectangle(x, y - size * 0.6, width, size * 0.6),
  )
  const w = width / size
  canvas.fill(flat(roof), place([-0.12, 0, 0.25 * w, -0.45, 0.75 * w, -0.45, w + 0.12, 0], x, y - size * 0.58, size))
  canvas.fill(flat(palette.dark), rectangle(x + width * 0.42, y - size * 0.3, width * 0.17, size * 0.3))
  for (const side of [0.12, 0.7])
    canvas.fill(flat(palette.dark), rectangle(x + width * side, y - size * 0.4, width * 0.17, size * 0.18))
}

/** A hot-air balloon with gores in two colours and a basket. */
export function drawBalloon(art: Art, x: number, y: number, size: number): void {
  const { canvas, palette, random } = art
  const [color, other] = [choose(random, palette.colors), choose(random, [...palette.colors, palette.light])]
  const envelope = polar(32, angle => 1 - 0.12 * (1 - Math.cos(angle)) + 0.35 * Math.max(-Math.cos(angle), 0) ** 8)
  for (const side of [-1, 1]) {
    canvas.fill(flat(palette.dark), stroke(place([side * 0.35, 1, side * 0.18, 1.6], x, y, size), size * 0.06))
  }
  canvas.fill(flat(darken(other, 0.5)), rectangle(x - size * 0.22, y + size * 1.5, size * 0.44, size * 0.35))
  for (const [width, tone] of [
    [1, color],
    [0.66, other],
    [0.3, color],
  ] as const) {
    canvas.fill(
      radial(lighten(tone, 0.3), darken(tone, 0.35), x - size * 0.4, y - size * 0.4, size * 1.6),
      place(envelope, x, y, size, 0, width),
    )
  }
}
