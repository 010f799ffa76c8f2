import { darken, lighten, mix } from '../color.js'
import { choose } from '../layout.js'
import { dots, flat, linear, stripes } from '../paint.js'
import type { Scene } from '../scene.js'
import { rectangle } from '../shapes.js'
import { things } from './shelf-things.js'

/** Shelves full of books, vases, plants, boxes, balls and clocks before a papered wall. */
export const shelf: Scene = art => {
  const { canvas, palette, random } = art
  const wall = mix(palette.ground, palette.light, 0.2)
  canvas.cover(linear(wall, mix(palette.ground2, palette.dark, 0.2), 0, 0, 1, 1))
  const angle = random.chance(0.5) ? 0 : 0.785
  const print = random.chance(0.5) ? stripes : dots
  canvas.cover(print(wall, darken(palette.ground2, 0.2), angle, random.between(0.03, 0.06), 0.4, 0.55))
  const boards = 3 + random.integer(3)
  const wood = darken(choose(random, palette.colors), 0.3)
  for (let board = 0; board < boards; board++) {
    const y = (board + 0.94) / boards
    const room = 1 / boards
    canvas.fill(
      linear(palette.dark, palette.dark, 0, 0, 0, 1, 0.25),
      rectangle(0, y - room + room * 0.06, 1, room * 0.13),
    )
    let x = random.between(-0.03, 0.03)
    while (x < 0.99) {
      const [share, thing] = choose(random, things)
      const width = room * share * random.between(0.8, 1.25)
      thing(art, x, y, width, room * 0.82)
      x += width + room * random.between(0.02, 0.14)
    }
    canvas.fill(
      linear(lighten(wood, 0.3), darken(wood, 0.3), 0, y, 0, y + room * 0.06),
      rectangle(0, y, 1, room * 0.07),
    )
    canvas.fill(flat(darken(wood, 0.6), 0.5), rectangle(0, y + room * 0.055, 1, room * 0.02))
  }
}
