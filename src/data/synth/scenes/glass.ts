import type { Random } from '../../../prng.js'
import { type Color, darken, lighten, mix } from '../color.js'
import { choose, jitteredGrid, type Point, scatter } from '../layout.js'
import { flat, linear, stripes } from '../paint.js'
import type { Scene } from '../scene.js'
import { place, scaled } from '../shapes.js'

/** Stained glass: panes between leads, coloured by a sun with rays, rings and blossoms that run across them. */
export const glass: Scene = art => {
  const { canvas, palette, random } = art
  canvas.cover(flat(darken(palette.dark, 0.4)))
  const count = 7 + random.integer(6)
  const sites = random.chance(0.5) ? jitteredGrid(random, count, random.between(0.2, 0.5)) : scatter(random, 160, 0.085)
  const motif = makeMotif(random, palette.colors)
  const lead = random.between(0.86, 0.93)
  for (const site of sites) {
    const pane = cellAround(site, sites)
    if (pane.length < 6) continue
    const color = motif(site.x, site.y)
    const angle = random.between(0, 6.3)
    const dx = Math.cos(angle) * 0.08
    const dy = Math.sin(angle) * 0.08
    const shape = scaled(pane, lead)
    const { x, y } = site
    canvas.fill(linear(lighten(color, 0.4), darken(color, 0.3), x - dx, y - dy, x + dx, y + dy), shape)
    const kind = random.integer(5)
    if (kind < 2) canvas.fill(stripes(color, lighten(color, 0.5), angle, random.between(0.012, 0.03), 0.3, 0.5), shape)
    if (kind === 2)
      canvas.fill(linear(lighten(color, 0.7), color, x - dy, y + dx, x + dy, y - dx, 0.6), scaled(pane, lead * 0.6))
  }
}

/** Colour by place: concentric rings and spokes around two or three centres, another colour order for each. */
function makeMotif(random: Random, colors: readonly Color[]): (x: number, y: number) => Color {
  const centres = Array.from({ length: 3 + random.integer(4) }, () => ({
    x: random.uniform(),
    y: random.uniform(),
    ring: random.between(0.11, 0.17),
    spokes: random.chance(0.5) ? 3 + random.integer(6) : 0,
    phase: random.integer(colors.length),
  }))
  return (x, y) => {
    let nearest = centres[0]!
    for (const c of centres)
      if ((c.x - x) ** 2 + (c.y - y) ** 2 < (nearest.x - x) ** 2 + (nearest.y - y) ** 2) nearest = c
    const distance = Math.sqrt((nearest.x - x) ** 2 + (nearest.y - y) ** 2)
    const spoke =
      nearest.spokes === 0 ? 0 : Math.floor((Math.atan2(y - nearest.y, x - nearest.x) / Math.PI + 1) * nearest.spokes)
    const order = Math.floor(distance / nearest.ring) + (spoke % 2) * 2 + nearest.phase
    const color = colors[order % colors.length]!
    return random.chance(0.12) ? mix(choose(random, colors), color, 0.3) : color
  }
}

/** The Voronoi cell of a site: the square around it, cut along the middle between it and each site nearby. */
function cellAround(site: Point, sites: readonly Point[]): number[] {
  const reach = 0.22
  let cell = place([-1, -1, 1, -1, 1, 1, -1, 1], site.x, site.y, reach)
  for (const other of sites) {
    const nx = other.x - site.x
    const ny = other.y - site.y
    if (other === site || nx * nx + ny * ny > 4 * reach * reach) continue
    cell = clip(cell, nx, ny, nx * (site.x + nx / 2) + ny * (site.y + ny / 2))
  }
  return cell
}

/** The part of a convex outline where nx * x + ny * y <= limit. */
function clip(cell: number[], nx: number, ny: number, limit: number): number[] {
  const kept: number[] = []
  for (let i = 0; i < cell.length; i += 2) {
    const j = (i + 2) % cell.length
    const [x0, y0, x1, y1] = [cell[i]!, cell[i + 1]!, cell[j]!, cell[j + 1]!]
    const d0 = nx * x0 + ny * y0 - limit
    const d1 = nx * x1 + ny * y1 - limit
    if (d0 <= 0) kept.push(x0, y0)
    if (d0 < 0 !== d1 < 0 && d0 !== d1) {
      const t = d0 / (d0 - d1)
      kept.push(x0 + t * (x1 - x0), y0 + t * (y1 - y0))
    }
  }
  return kept
}
