import type { Rgb } from './color-map.js'
import type { RgbImage } from './rgb-image.js'
import { glyphs } from './stroke-font.js'
import { type Spot, stroke } from './strokes.js'

/** Height of the capitals in units of the alphabet. */
const CAPITAL = 12
const GAP = 3.2
const SPACE = 5
/** What stands for a character that the alphabet lacks: an empty box. */
const UNKNOWN = '00,70,7c,0c,00'

export interface TextStyle {
  /** Height of the capitals, pixels. */
  readonly size: number
  readonly color: Rgb
  /** Width of the pen; by default a seventh of the size. */
  readonly pen?: number
}

/** Writes one line of text whose capitals begin at (x, y). */
export function drawText(image: RgbImage, text: string, x: number, y: number, style: TextStyle): void {
  const { size, color, pen = size / 7 } = style
  const unit = size / CAPITAL
  let left = x
  for (const character of text) {
    const strokes = strokesOf(character)
    for (const points of strokes) {
      const placed = points.map(([px, py]): Spot => [left + px * unit, y + py * unit])
      stroke(image, placed, pen, color)
    }
    left += advance(strokes) * unit
  }
}

/** How wide a line of text is, pixels. */
export function textWidth(text: string, size: number): number {
  const units = Array.from(text, character => advance(strokesOf(character)))
  return (units.reduce((sum, unit) => sum + unit, 0) - (units.length > 0 ? GAP : 0)) * (size / CAPITAL)
}

function strokesOf(character: string): Spot[][] {
  const strokes = Object.hasOwn(glyphs, character) ? glyphs[character]! : UNKNOWN
  if (strokes === '') return []
  return strokes.split(' ').map(points => points.split(',').map(point => [digit(point[0]!), digit(point[1]!)]))
}

function digit(character: string): number {
  return Number.parseInt(character, 36)
}

function advance(strokes: readonly Spot[][]): number {
  if (strokes.length === 0) return SPACE
  return Math.max(...strokes.flat().map(([x]) => x)) + GAP
}
