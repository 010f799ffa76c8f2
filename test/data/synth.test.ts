import { describe, expect, it } from 'vitest'
import { drawPicture, drawScene } from '../../src/data/synth/draw-picture.js'
import { scenes } from '../../src/data/synth/scenes/index.js'
import type { RgbImage } from '../../src/image/rgb-image.js'
import { Random } from '../../src/prng.js'

/** FNV-1a over the bytes. */
function hashOf(bytes: Uint8Array): string {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** Mean colours of a `cells` x `cells` grid over the picture. */
function thumbnail({ width, data }: RgbImage, cells: number): Float64Array {
  const small = new Float64Array(cells * cells * 3)
  const weight = (cells / width) ** 2
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3)
    const row = Math.floor((Math.floor(pixel / width) * cells) / width)
    const column = Math.floor(((pixel % width) * cells) / width)
    small[(row * cells + column) * 3 + (i % 3)]! += data[i]! * weight
  }
  return small
}

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / a.length
}

/** The four quarters of a picture, row-major, as values 0 .. 255. */
function quadrants({ width, data }: RgbImage): Float32Array[] {
  const half = width / 2
  return [0, 1, 2, 3].map(cell => {
    const values = new Float32Array(half * half * 3)
    for (let y = 0; y < half; y++) {
      const start = ((y + (cell >> 1) * half) * width + (cell & 1) * half) * 3
      values.set(data.subarray(start, start + half * 3), y * half * 3)
    }
    return values
  })
}

const luma = (v: ArrayLike<number>, i: number) => 0.299 * v[i]! + 0.587 * v[i + 1]! + 0.114 * v[i + 2]!

function meanColor(values: Float32Array): number[] {
  const sum = [0, 0, 0]
  for (let i = 0; i < values.length; i++) sum[i % 3]! += values[i]!
  return sum.map(channel => (channel * 3) / values.length)
}

function lumaDeviation(values: Float32Array): number {
  let [sum, squares] = [0, 0]
  for (let i = 0; i < values.length; i += 3) {
    sum += luma(values, i)
    squares += luma(values, i) ** 2
  }
  const count = values.length / 3
  return Math.sqrt(squares / count - (sum / count) ** 2)
}

/** Brightness, contrast, then saturation by factors of 0.7 .. 1.3, each clipped to 0 .. 255 (torchvision's ColorJitter). */
function jitter(values: Float32Array, random: Random): Float32Array {
  const [brightness, contrast, saturation] = [0, 1, 2].map(() => random.between(0.7, 1.3)) as [number, number, number]
  const clip = (value: number) => Math.min(Math.max(value, 0), 255)
  const lit = values.map(value => clip(value * brightness))
  let grey = 0
  for (let i = 0; i < lit.length; i += 3) grey += (luma(lit, i) * 3) / lit.length
  const flat = lit.map(value => clip(grey + (value - grey) * contrast))
  return flat.map((value, i) => {
    const own = luma(flat, i - (i % 3))
    return clip(own + (value - own) * saturation)
  })
}

describe('drawPicture', () => {
  it('draws the same bytes for the same seed and number', () => {
    expect(drawPicture(1, 5, 64).data).toEqual(drawPicture(1, 5, 64).data)
    expect(drawPicture(1, 5, 64).data).not.toEqual(drawPicture(2, 5, 64).data)
    expect(drawPicture(1, 5, 64).data).not.toEqual(drawPicture(1, 6, 64).data)
  })

  it('draws what it always drew', () => {
    expect([0, 1, 2, 3, 4, 5].map(index => hashOf(drawPicture(0, index, 96).data))).toMatchInlineSnapshot(`
      [
        "2207aa15",
        "795485ab",
        "f0622545",
        "da23d7bc",
        "6c1cff7a",
        "0b437e28",
      ]
    `)
  })

  it('shows the same scene at every size', () => {
    for (const scene of scenes) {
      const small = thumbnail(drawScene(scene, Random.from('size'), 128), 32)
      const large = thumbnail(drawScene(scene, Random.from('size'), 256), 32)
      const other = thumbnail(drawScene(scene, Random.from('other'), 128), 32)
      expect(meanDifference(small, large), scene.name).toBeLessThan(0.25 * meanDifference(small, other))
    }
  })

  it.each([15, 4097, 64.5, Number.NaN])('refuses the size %d', size => {
    expect(() => drawPicture(0, 0, size)).toThrowError(expect.objectContaining({ code: 'E_CONFIG' }))
  })
})

describe('the embedded pictures', () => {
  const pictures = Array.from({ length: 100 }, (_, index) => drawPicture(3, index, 128))

  it('differ from each other', () => {
    const thumbnails = pictures.slice(0, 64).map(picture => thumbnail(picture, 16))
    for (let i = 0; i < thumbnails.length; i++) {
      for (let k = 0; k < i; k++) {
        expect(meanDifference(thumbnails[i]!, thumbnails[k]!), `pictures ${k} and ${i}`).toBeGreaterThan(10)
      }
    }
  })

  it('have something to see in every quadrant', () => {
    for (const picture of pictures) {
      for (const quadrant of quadrants(picture)) expect(lumaDeviation(quadrant)).toBeGreaterThan(10)
    }
  })

  it('do not give the quadrant away by its mean colour', () => {
    const random = Random.from('jitter')
    let right = 0
    for (const picture of pictures) {
      const cells = quadrants(picture)
      const means = cells.map(meanColor)
      cells.forEach((cell, label) => {
        const seen = meanColor(jitter(cell, random))
        const distances = means.map(mean => mean.reduce((sum, value, i) => sum + (value - seen[i]!) ** 2, 0))
        if (distances.indexOf(Math.min(...distances)) === label) right++
      })
    }
    expect(right / 400).toBeLessThan(0.55)
  })
})
