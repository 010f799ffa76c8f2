import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { LocatorError } from '../../../src/errors.js'
import type { Tensor } from '../../../src/tensor.js'
import { decodePth } from '../../../src/training/weights/pth.js'
import { lengths, pickles, stacks, zips } from '../../support/hostile-pth.js'

const folder = mkdtempSync(join(tmpdir(), 'hostile-'))
afterAll(() => rmSync(folder, { recursive: true }))

function expectRefused(bytes: Uint8Array, message: RegExp): void {
  expect(() => decodePth(bytes)).toThrow(expect.objectContaining({ code: 'E_MODEL' }))
  expect(() => decodePth(bytes)).toThrow(message)
}

describe('pickles that run code in Python are refused and nothing is run', () => {
  const touched = join(folder, 'touched')
  it.each(pickles(`touch ${touched}`))('%s', (_, bytes, message) => {
    expectRefused(bytes, message)
    expect(existsSync(touched)).toBe(false)
  })
})

describe('sizes that the file does not have are refused before anything is allocated', () => {
  it.each(lengths)('%s', (_, bytes, message) => {
    const before = process.memoryUsage().arrayBuffers
    expectRefused(bytes, message)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * bytes.length + 1e6)
  })
})

describe('stacks that do not add up are refused', () => {
  it.each(stacks)('%s', (_, bytes, message) => expectRefused(bytes, message))
})

describe('zip files that lie about themselves are refused', () => {
  it.each(zips)('%s', (_, bytes, message) => expectRefused(bytes, message))
})

describe('a damaged file', () => {
  const bytes = readFileSync(new URL('../../fixtures/weights/state-dict.pth', import.meta.url))
  const whole = decodePth(bytes)

  /** What came out of damaged bytes: tensors, or null where they were refused. */
  function decodedOrRefused(damaged: Uint8Array): Map<string, Tensor> | null {
    try {
      return decodePth(damaged)
    } catch (error) {
      if (!(error instanceof LocatorError) || error.code !== 'E_MODEL') throw error
      return null
    }
  }

  it('gives the same tensors or E_MODEL whatever bit is flipped', () => {
    let refused = 0
    for (let i = 0; i < bytes.length; i++) {
      const damaged = Uint8Array.from(bytes)
      damaged[i]! ^= 1 << (i % 8)
      const tensors = decodedOrRefused(damaged)
      if (tensors) expect(tensors).toEqual(whole)
      else refused++
    }
    // What is not refused lies in padding, in fields that nobody reads, or in entries that hold no tensor.
    expect(refused).toBeGreaterThan(bytes.length / 3)
  })

  it('is refused wherever it is cut off', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(decodedOrRefused(bytes.subarray(0, length)), `${length} bytes`).toBe(null)
    }
  })
})
