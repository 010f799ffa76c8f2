import { describe, expect, it } from 'vitest'
import { fractalNoise, GradientNoise, noiseMap } from '../../src/data/synth/noise.js'
import { dots, flat, linear, type Paint, radial, stripes } from '../../src/data/synth/paint.js'
import { Canvas } from '../../src/data/synth/raster.js'
import { circle, place, rectangle, reversed } from '../../src/data/synth/shapes.js'
import { stroke } from '../../src/data/synth/strokes.js'
import { Random } from '../../src/prng.js'

const white = flat([255, 255, 255])

/** Filled area in pixels and its centre of mass, from the red channel. */
function measure(canvas: Canvas) {
  let [area, x, y] = [0, 0, 0]
  for (let i = 0; i < canvas.pixels.length; i += 3) {
    const share = canvas.pixels[i]! / 255
    area += share
    x += share * (((i / 3) % canvas.size) + 0.5)
    y += share * (Math.floor(i / 3 / canvas.size) + 0.5)
  }
  return { area, x: x / area, y: y / area }
}

function filled(size: number, paint: Paint, ...contours: number[][]): Canvas {
  const canvas = new Canvas(size)
  canvas.fill(paint, ...contours)
  return canvas
}

describe('Canvas.fill', () => {
  it('covers border pixels by the exact area', () => {
    const canvas = filled(4, white, rectangle(0.25 + 0.0625, 0.25, 0.5, 0.375))
    const red = Array.from({ length: 16 }, (_, i) => Math.round(canvas.pixels[i * 3]! / 2.55))
    expect(red).toEqual([0, 0, 0, 0, 0, 75, 100, 25, 0, 38, 50, 13, 0, 0, 0, 0])
  })

  it.each([
    ['clockwise', place(circle, 0.47, 0.53, 0.31)],
    ['counter-clockwise', reversed(place(circle, 0.47, 0.53, 0.31))],
  ])('fills a disc drawn %s', (_, disc) => {
    const { area, x, y } = measure(filled(64, white, disc))
    const polygonArea = 20 * Math.sin(Math.PI / 20) * (0.31 * 64) ** 2
    expect(area).toBeCloseTo(polygonArea, 0)
    expect(x).toBeCloseTo(0.47 * 64, 1)
    expect(y).toBeCloseTo(0.53 * 64, 1)
  })

  it('keeps slanted shapes exact on every slope', () => {
    const random = Random.from('triangles')
    for (let i = 0; i < 50; i++) {
      const [ax, ay, bx, by, cx, cy] = Array.from({ length: 6 }, () => random.uniform()) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      const area = Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
      // Coverage below 0.2% is not drawn.
      expect(Math.abs(measure(filled(32, white, [ax, ay, bx, by, cx, cy])).area - area * 1024)).toBeLessThan(0.1)
    }
  })

  it('cuts holes, clips at the borders and leaves nothing behind for the next fill', () => {
    const canvas = filled(32, white, rectangle(-3, -3, 7, 7), reversed(rectangle(0.25, 0.25, 0.5, 0.5)))
    expect(measure(canvas).area).toBeCloseTo(0.75 * 1024, 3)
    canvas.pixels.fill(0)
    canvas.fill(white, rectangle(2, 0.2, 1, 0.4))
    canvas.fill(white, rectangle(0.2, -2, 0.4, 1))
    expect(canvas.pixels.every(value => value === 0)).toBe(true)
  })

  it('draws a stroke of the right width', () => {
    const line = [0.2, 0.15, 0.44, 0.47, 0.68, 0.79]
    const area = (width: number) => measure(filled(100, white, stroke(line, width))).area / 10000
    // Length 0.8, and at both ends a cap of 1.3175 half widths squared.
    expect(area(0.06)).toBeCloseTo(0.06 * 0.8 + 2 * 1.3175 * 0.03 ** 2, 4)
    expect(area(0.12)).toBeCloseTo(0.12 * 0.8 + 2 * 1.3175 * 0.06 ** 2, 4)
    const leaf = measure(filled(100, white, stroke(line, 0.06, 'leaf'))).area / 10000
    expect(leaf).toBeCloseTo(0.06 * 0.8 * (0.08 + 0.92 * 0.5), 4)
  })
})

describe('paints', () => {
  const red = (paint: Paint, x: number, y: number) => {
    const canvas = new Canvas(100)
    canvas.cover(paint)
    return canvas.pixels[(y * 100 + x) * 3]!
  }
  const black = [0, 0, 0] as const
  const full = [200, 200, 200] as const

  it('mix their colours by place', () => {
    expect(red(linear(black, full, 0, 0, 0, 1), 7, 49)).toBeCloseTo(99, 3)
    expect(red(linear(black, full, 0.25, 0, 0.75, 0), 10, 3)).toBe(0)
    expect(red(radial(black, full, 0.505, 0.505, 0.5), 75, 50)).toBeCloseTo(100, 3)
    expect(red(flat(full, 0.25), 1, 1)).toBeCloseTo(50, 3)
  })

  it.each([
    [stripes(black, full, 0.4, 0.1, 0.3), 0.3],
    [dots(black, full, 0.4, 0.1, 0.6), Math.PI * 0.09],
  ])('cover the share of the second colour asked for', (paint, share) => {
    const canvas = new Canvas(200)
    canvas.cover(paint)
    const mean = canvas.pixels.reduce((sum, value) => sum + value, 0) / canvas.pixels.length
    expect(mean / 200).toBeCloseTo(share, 2)
  })
})

describe('noise', () => {
  it('is the same over the whole picture as place by place', () => {
    const noise = new GradientNoise(Random.from('noise'))
    const map = noiseMap(noise, 48, 3.3, 4, 0.6)
    for (let y = 0; y < 48; y++) {
      for (let x = 0; x < 48; x++) {
        const expected = fractalNoise(noise, (x + 0.5) / 48, (y + 0.5) / 48, 3.3, 4, 0.6)
        expect(Math.abs(map[y * 48 + x]! - expected)).toBeLessThan(1e-5)
      }
    }
  })

  it('stays near -1 .. 1 around zero', () => {
    const map = noiseMap(new GradientNoise(Random.from('range')), 128, 12, 1)
    expect(Math.max(...map)).toBeLessThan(1.1)
    expect(Math.min(...map)).toBeGreaterThan(-1.1)
    expect(Math.max(...map)).toBeGreaterThan(0.5)
    expect(Math.abs(map.reduce((sum, value) => sum + value, 0) / map.length)).toBeLessThan(0.1)
  })
})
