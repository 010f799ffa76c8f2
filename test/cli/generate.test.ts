import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPicture } from '../../src/data/synth/draw-picture.js'
import { cropImage } from '../../src/image/crop.js'
import { decodeImage } from '../../src/image/decode.node.js'
import { cellBox } from '../../src/image/grid.js'
import { runCommand, writeBadPictures, writePictures } from '../support/small-training.js'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)
const manifestOf = async (name: string) => JSON.parse(await readFile(at(name, 'manifest.json'), 'utf8'))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  await writePictures(at('photos'), 3)
  await writeBadPictures(at('photos'))
})

afterAll(() => rm(folder, { recursive: true }))

describe('piece-locator generate', () => {
  test('cuts every cell of drawn pictures and says which piece is whose', async () => {
    const { code, out } = await runCommand(
      'generate',
      '-o',
      at('drawn'),
      '--grid',
      '2x3',
      '--count',
      '2',
      '--size',
      '96',
    )
    expect({ code, out }).toEqual({ code: 0, out: `${at('drawn')}: 2 puzzles, 12 pieces, manifest.json\n` })
    const { formatVersion, grid, puzzles, pieces } = await manifestOf('drawn')
    expect({ formatVersion, grid }).toEqual({ formatVersion: 1, grid: { rows: 2, cols: 3 } })
    expect(puzzles).toMatchObject([
      { file: 'puzzle-1.png', width: 96, height: 96 },
      { file: 'puzzle-2.png', width: 96, height: 96 },
    ])
    expect(pieces).toHaveLength(12)
    const piece = pieces[10]
    expect(piece).toMatchObject({ file: 'piece-2-5.png', puzzle: 'puzzle-2.png', cell: 4, row: 1, col: 1 })
    expect(piece.center).toEqual({ x: 0.5, y: 0.75 })
    expect((await readdir(at('drawn'))).sort()).toEqual(
      ['manifest.json', ...puzzles, ...pieces].map(entry => entry.file ?? entry).sort(),
    )
    const puzzle = await decodeImage(at('drawn', 'puzzle-2.png'))
    expect(puzzle).toEqual(drawPicture(1, 1, 96))
    expect(await decodeImage(at('drawn', piece.file))).toEqual(cropImage(puzzle, cellBox(grid, 4, 96, 96)))
  })

  test('takes the first pictures of a folder that can be read, and names the others', async () => {
    const { code, err } = await runCommand(
      'generate',
      '--images',
      at('photos'),
      '-o',
      at('cut'),
      '--count',
      '9',
      '--size',
      '40',
    )
    expect(code).toBe(0)
    expect(err).toMatch(/^Warning: Left out: cut\.jpg is damaged or cut short/m)
    expect(err).toMatch(/^Warning: Left out: text\.jpg is not a picture/m)
    const { puzzles, pieces } = await manifestOf('cut')
    expect(puzzles.map(({ picture }: { picture: string }) => picture)).toEqual(['0.png', '1.png', '2.png', 'copy.png'])
    expect(puzzles[0]).toMatchObject({ width: 40, height: 40 })
    expect(pieces).toHaveLength(16)
  })
})

test('what cannot be generated leaves nothing behind', async () => {
  await mkdir(at('empty'))
  await mkdir(at('texts'))
  await writeFile(at('texts', 'a.jpg'), 'no picture')
  await writeFile(at('file'), '')
  const before = await readdir(folder)
  const cases: [string[], number, RegExp][] = [
    [[], 2, /Expected a folder to write to for --output but received nothing\./],
    [['-o', at('photos')], 2, /Expected a new or empty folder for the output but received ".*photos"\./],
    [['-o', at('out'), '--grid', '2x'], 2, /Expected a grid as ROWSxCOLS/],
    [['-o', at('out'), '--count', '0'], 2, /Expected a whole number from 1 to 10000 for --count/],
    [
      ['-o', at('out'), '--grid', '9x9', '--size', '64'],
      2,
      /Expected cells of at least 8 pixels for a grid of 9x9 on .* but received 7\./,
    ],
    [['-o', at('out'), '--images', at('missing')], 3, /Cannot read pictures from the folder .*missing/],
    [['-o', at('out'), '--images', at('empty')], 3, /There are no pictures that can be read in the folder .*empty\./],
    [['-o', at('out'), '--images', at('texts')], 3, /There are no pictures that can be read in the folder .*texts\./],
    [['-o', at('file', 'out')], 3, /Cannot write .*out: ENOTDIR: not a directory\./],
  ]
  for (const [options, code, message] of cases) {
    const result = await runCommand('generate', ...options)
    expect({ options, code: result.code, out: result.out }).toEqual({ options, code, out: '' })
    expect(result.err).toMatch(message)
    expect(result.err).toMatch(/^(Warning: [^\n]+\n)*Error: [^\n]+\.\n(Hint: [^\n]+\n)?$/)
  }
  expect(await readdir(folder)).toEqual(before)
})
