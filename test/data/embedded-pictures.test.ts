import { expect, test } from 'vitest'
import { embeddedPictures } from '../../src/data/embedded-pictures.js'

test('embedded pictures are drawn again the same from their description, each different', async () => {
  const source = embeddedPictures({ seed: 3, size: 32, count: 4 })
  const { kind, ...description } = source.description as { kind: 'embedded'; seed: number; size: number; count: number }
  const again = embeddedPictures(description)
  expect([kind, source.count, source.names.length, new Set(source.names).size]).toEqual(['embedded', 4, 4, 4])
  const [first, second] = [await source.load(0), await source.load(1)]
  expect([first.width, first.height]).toEqual([32, 32])
  expect(await again.load(0)).toEqual(first)
  expect(second).not.toEqual(first)
})
