import type { Box, RgbImage } from './rgb-image.js'

/** Edges that meet between two boxes come from different sums; this much apart they are still the same edge. */
const SAME_EDGE = 1e-6

/**
 * Cuts a box out of a picture. The box's edges go to the nearest pixel edges, so that boxes that tile the plane give
 * crops that tile the picture; what lies outside the picture is dropped, and at least one pixel is left.
 */
export function cropImage(image: RgbImage, box: Box): RgbImage {
  const [left, right] = pixelRange(box.x, box.width, image.width)
  const [top, bottom] = pixelRange(box.y, box.height, image.height)
  const width = right - left
  const height = bottom - top
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3
    data.set(image.data.subarray(from, from + width * 3), y * width * 3)
  }
  return { width, height, data }
}

/** The pixels `[start, end)` of an axis of `size` pixels that a stretch of it covers. */
function pixelRange(offset: number, length: number, size: number): [start: number, end: number] {
  const start = Math.min(size - 1, Math.max(0, nearestEdge(offset)))
  const end = Math.min(size, Math.max(start + 1, nearestEdge(offset + length)))
  return [start, end]
}

function nearestEdge(position: number): number {
  return Math.floor(position + 0.5 + SAME_EDGE)
}
