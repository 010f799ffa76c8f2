import type { Rgb } from './color-map.js'
import { type Box, type RgbImage, rgbImage } from './rgb-image.js'

const LIGHT: Rgb = [255, 255, 255]
const DARK: Rgb = [0, 0, 0]

/** A picture of one color. */
export function canvas(width: number, height: number, color: Rgb): RgbImage {
  const image = rgbImage(width, height)
  for (let i = 0; i < image.data.length; i++) image.data[i] = color[i % 3]!
  return image
}

/** Puts a picture onto another with its top left corner at (x, y), whole pixels; what sticks out is dropped. */
export function paste(onto: RgbImage, image: RgbImage, x: number, y: number): void {
  const width = Math.min(image.width, onto.width - x)
  const height = Math.min(image.height, onto.height - y)
  for (let row = 0; row < height; row++) {
    const from = row * image.width * 3
    onto.data.set(image.data.subarray(from, from + width * 3), ((y + row) * onto.width + x) * 3)
  }
}

/** Draws the outline of a rectangle, `thickness` pixels wide, inside its edges. */
export function outline(image: RgbImage, box: Box, thickness: number, color: Rgb): void {
  const left = Math.round(box.x)
  const top = Math.round(box.y)
  const right = Math.round(box.x + box.width)
  const bottom = Math.round(box.y + box.height)
  fill(image, left, top, right, Math.min(bottom, top + thickness), color)
  fill(image, left, Math.max(top, bottom - thickness), right, bottom, color)
  fill(image, left, top, Math.min(right, left + thickness), bottom, color)
  fill(image, Math.max(left, right - thickness), top, right, bottom, color)
}

/** Frames a rectangle with a light line, `thickness` pixels wide, between dark edges: it is seen on any picture. */
export function frame(image: RgbImage, box: Box, thickness: number): void {
  const inset = (by: number): Box => ({
    x: box.x + by,
    y: box.y + by,
    width: box.width - 2 * by,
    height: box.height - 2 * by,
  })
  outline(image, box, 1, DARK)
  outline(image, inset(1), thickness, LIGHT)
  outline(image, inset(1 + thickness), 1, DARK)
}

function fill(image: RgbImage, left: number, top: number, right: number, bottom: number, color: Rgb): void {
  for (let y = Math.max(0, top); y < Math.min(image.height, bottom); y++) {
    for (let x = Math.max(0, left); x < Math.min(image.width, right); x++) {
      image.data.set(color, (y * image.width + x) * 3)
    }
  }
}
