import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.js'
import { decodeImage } from '../../src/image/decode.node.js'
import { writeColorMatcher } from '../support/color-matcher.js'
import { writeQuarters } from '../support/color-quarters.js'
import { fakeIo } from '../support/fake-io.js'

let folder: string
let pictures: Awaited<ReturnType<typeof writeQuarters>>
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  pictures = await writeQuarters(folder)
  await writeColorMatcher(at('model'))
})

afterAll(() => rm(folder, { recursive: true }))

async function locate(...args: string[]) {
  const io = fakeIo()
  const code = await runCli(['locate', '--model', at('model'), '--puzzle', pictures.puzzle, ...args], io)
  return { code, out: io.out(), err: io.err() }
}

describe('piece-locator locate', () => {
  test('says in words where each piece goes, in the order of the pieces', async () => {
    const [a, b] = [pictures.pieces[1]!, pictures.pieces[2]!]
    const { code, out, err } = await locate('--piece', a, '--piece', b)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/piece-1\.png: row 1 of 2, column 2 of 2 \(right, top\), (9\d%|over 99%) sure$/),
      expect.stringMatching(/piece-2\.png: row 2 of 2, column 1 of 2 \(left, bottom\), (9\d%|over 99%) sure$/),
      '',
    ])
    expect((await locate('--piece', a, b)).out).toBe(out)
  })

  test('--json prints one document and nothing else', async () => {
    const { code, out, err } = await locate('--json', '--top-k', '2', '--piece', ...[...pictures.pieces].reverse())
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const document = JSON.parse(out)
    expect(document.schemaVersion).toBe(1)
    expect(document.results.map((result: { cell: unknown }) => result.cell)).toEqual([
      { row: 1, col: 1 },
      { row: 1, col: 0 },
      { row: 0, col: 1 },
      { row: 0, col: 0 },
    ])
    const [first] = document.results
    expect(Object.keys(first).sort()).toEqual(
      'backend box candidates cell center centerNorm rotationDeg score timings'.split(' '),
    )
    expect(first.candidates).toHaveLength(2)
    expect(first.backend).toBe('cpu')
  })

  test('--grid and --pieces say what the answer is counted in', async () => {
    const { out } = await locate('--piece', pictures.pieces[3]!, '--grid', '3x4')
    expect(out).toMatch(/: row 3 of 3, column 4 of 4 \(right, bottom\)|: row \d of 3, column \d of 4 /)
    expect((await locate('--piece', pictures.pieces[3]!, '--pieces', '12')).out).toBe(out)
  })

  test('--top-k tells the next places too', async () => {
    const { out } = await locate('--piece', pictures.pieces[0]!, '--top-k', '3')
    const lines = out.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[1]).toMatch(/^ {2}or row \d of 2, column \d of 2 \(\w+, \w+\), (\d+%|under 1%)$/)
  })

  test('--overlay draws the pieces into one picture', async () => {
    const overlay = at('overlay.png')
    const { code, out, err } = await locate('--overlay', overlay, '--json', '--piece', ...pictures.pieces)
    expect(code).toBe(0)
    expect(err).toBe(`The overlay is in ${overlay}.\n`)
    expect(JSON.parse(out).results[0]).not.toHaveProperty('heatmap')
    const { width, height } = await decodeImage(overlay)
    expect(width).toBeGreaterThan(height)
  })

  test('--overlay never overwrites what is read, and is a PNG', async () => {
    const before = await readFile(pictures.puzzle)
    const [piece] = pictures.pieces
    expect(await locate('--piece', piece!, '--overlay', pictures.puzzle)).toMatchObject({ code: 2, out: '' })
    expect(await readFile(pictures.puzzle)).toEqual(before)
    expect((await locate('--piece', piece!, '--overlay', at('overlay.jpg'))).err).toMatch(
      /^Error: Expected a file name that ends in \.png for --overlay but received ".*overlay\.jpg"\.\n$/,
    )
    expect(await locate('--piece', piece!, '--overlay', at('nowhere/overlay.png'))).toMatchObject({ code: 3, out: '' })
  })

  test('--quiet leaves the result alone', async () => {
    const { out, err } = await locate('--quiet', '--overlay', at('overlay.png'), '--piece', pictures.pieces[0]!)
    expect(err).toBe('')
    expect(out).toContain('row 1 of 2')
  })
})

describe('what cannot be located', () => {
  test.each([
    ['--grid', '4by6', /^Error: Expected a grid as ROWSxCOLS, .* for --grid but received "4by6"\.\n$/],
    ['--pieces', 'many', /^Error: Expected a whole number from 1 to 1000000 for --pieces but received "many"\.\n$/],
    ['--pieces', '997', /^Error: Expected a number of nearly square cells .* but received 997\.\nHint: .*\n$/],
    ['--top-k', '0', /^Error: Expected a whole number of 1 or more for --top-k but received "0"\.\n$/],
  ])('%s %s ends with 2', async (option, value, message) => {
    const { code, out, err } = await locate('--piece', pictures.pieces[0]!, option, value)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
  })

  test('--grid together with --pieces ends with 2', async () => {
    const { code, err } = await locate('--piece', pictures.pieces[0]!, '--grid', '2x2', '--pieces', '4')
    expect(code).toBe(2)
    expect(err).toMatch(
      /^Error: Option '--grid <ROWSxCOLS>' cannot be used with option '--pieces <count>'\.\nHint: .*\n$/,
    )
  })

  test('files that are missing, folders, or no pictures end with 3', async () => {
    await writeFile(at('text.jpg'), 'this is no picture')
    await writeFile(at('empty.png'), '')
    const png = await readFile(pictures.puzzle)
    await writeFile(at('cut.png'), png.subarray(0, png.length - 40))
    for (const name of ['missing.jpg', 'model', 'text.jpg', 'empty.png', 'cut.png']) {
      const { code, out, err } = await locate('--piece', pictures.pieces[0]!, at(name))
      expect({ name, code, out }).toEqual({ name, code: 3, out: '' })
      expect(err).toMatch(/^Error: [^\n]+\.\n(Hint: [^\n]+\.\n)?$/)
      expect(err).toContain(name)
    }
  })
})
