import { describe, expect, test } from 'vitest'
import { heatColor } from '../../src/image/color-map.js'
import type { RgbImage } from '../../src/image/rgb-image.js'
import { arrangePanels, drawPanel, panelSize } from '../../src/inference/overlay.js'
import type { LocateResult } from '../../src/inference/types.js'
import { plainPiece } from '../support/color-quarters.js'

const result: LocateResult = {
  center: { x: 75, y: 25 },
  centerNorm: { x: 0.75, y: 0.25 },
  rotationDeg: 0,
  score: 1,
  box: { x: 50, y: 0, width: 50, height: 50 },
  cell: { row: 0, col: 1 },
  candidates: [],
  heatmap: { data: Float32Array.of(0, 1, 0, 0), width: 2, height: 2 },
  timings: { decodeMs: 0, preprocessMs: 0, inferenceMs: 0, totalMs: 0 },
  backend: 'cpu',
}

/** Relative luminance of sRGB, 0 .. 1. */
function luminance([r, g, b]: readonly number[]): number {
  const linear = (x: number) => (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4)
  return 0.2126 * linear(r!) + 0.7152 * linear(g!) + 0.0722 * linear(b!)
}

function pixel({ data, width }: RgbImage, x: number, y: number): number[] {
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)]
}

describe('heatColor', () => {
  test('gets steadily lighter', () => {
    // CIE lightness, which "steadily" is about.
    const lightness = Array.from({ length: 11 }, (_, i) => 116 * Math.cbrt(luminance(heatColor(i / 10))) - 16)
    for (let i = 1; i <= 10; i++) {
      expect(lightness[i]! - lightness[i - 1]!).toBeGreaterThan(4)
      expect(lightness[i]! - lightness[i - 1]!).toBeLessThan(15)
    }
  })

  test('ends where the values end', () => {
    expect(heatColor(-1)).toEqual(heatColor(0))
    expect(heatColor(2)).toEqual(heatColor(1))
  })
})

describe('drawPanel', () => {
  const puzzle = plainPiece([90, 90, 90], 100, 100)
  const panel = drawPanel(puzzle, plainPiece([0, 0, 255]), result, 320)
  const margin = 10

  test('heats the place that the model looks at', () => {
    const hot = pixel(panel, margin + 260, margin + 60)
    const cold = pixel(panel, margin + 60, margin + 260)
    expect(luminance(hot)).toBeGreaterThan(2 * luminance(cold))
  })

  test('outlines the predicted cell in white', () => {
    expect(pixel(panel, margin + 240, margin + 1)).toEqual([255, 255, 255])
    expect(pixel(panel, margin + 161, margin + 80)).toEqual([255, 255, 255])
    expect(pixel(panel, margin + 80, margin + 1)).not.toEqual([255, 255, 255])
  })

  test('shows the piece beside the puzzle', () => {
    expect(panel.width).toBe(320 + 107 + 3 * margin)
    expect(pixel(panel, 320 + 2 * margin + 53, panel.height >> 1)).toEqual([0, 0, 255])
  })

  test('draws narrow pictures and odd pieces', () => {
    const narrow = drawPanel(plainPiece([9, 9, 9], 900, 9), plainPiece([1, 2, 3], 9, 900), result, 160)
    expect(narrow.data.length).toBe(narrow.width * narrow.height * 3)
  })
})

describe('arrangePanels', () => {
  test('puts panels side by side, then into rows', () => {
    const panel = (red: number) => plainPiece([red, 0, 0], 30, 20)
    expect(arrangePanels([panel(1)])).toEqual(panel(1))
    const sheet = arrangePanels([1, 2, 3, 4, 5].map(panel))
    expect([sheet.width, sheet.height]).toEqual([90, 40])
    expect([pixel(sheet, 29, 19)[0], pixel(sheet, 89, 0)[0], pixel(sheet, 30, 39)[0]]).toEqual([1, 3, 5])
  })

  test('a thousand pieces still make a picture that can be opened', () => {
    expect(panelSize(1)).toBe(640)
    expect(panelSize(1000) * Math.ceil(Math.sqrt(1000)) * 1.5).toBeLessThan(9000)
  })
})
