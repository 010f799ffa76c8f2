import { heatColor } from './color-map.js'
import type { RgbImage } from './rgb-image.js'

/** A map of weights over a picture, row-major from the top left: where a model looks. An attention map sums to 1. */
export interface Heatmap {
  readonly data: Float32Array
  readonly width: number
  readonly height: number
}

/** Fades the picture towards grey where the model does not look, and towards the heat's color where it does. */
export function tintByHeat(image: RgbImage, heatmap: Heatmap): void {
  const { width, height, data } = image
  const highest = heatmap.data.reduce((a, b) => Math.max(a, b), 0) || 1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const heat = sample(heatmap, (x + 0.5) / width, (y + 0.5) / height) / highest
      const color = heatColor(heat)
      const i = 3 * (y * width + x)
      const grey = 0.3 * data[i]! + 0.6 * data[i + 1]! + 0.1 * data[i + 2]!
      const opacity = 0.35 + 0.35 * heat
      for (let c = 0; c < 3; c++) {
        const faded = 0.5 * data[i + c]! + 0.5 * grey
        data[i + c] = Math.round(faded * (1 - opacity) + color[c]! * opacity)
      }
    }
  }
}

/** Bilinear between the centres of the map's locations. */
function sample({ data, width, height }: Heatmap, x: number, y: number): number {
  const [left, right, u] = neighbours(x, width)
  const [top, bottom, v] = neighbours(y, height)
  const at = (row: number, col: number) => data[row * width + col]!
  const upper = at(top, left) * (1 - u) + at(top, right) * u
  const lower = at(bottom, left) * (1 - u) + at(bottom, right) * u
  return upper * (1 - v) + lower * v
}

function neighbours(fraction: number, count: number): [first: number, second: number, share: number] {
  const position = Math.min(count - 1, Math.max(0, fraction * count - 0.5))
  const first = Math.floor(position)
  return [first, Math.min(count - 1, first + 1), position - first]
}
