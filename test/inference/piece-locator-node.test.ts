import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readModelFolder, readTrainingPictures } from '../../src/exported-model/model-folder.node.js'
import { pictureId } from '../../src/exported-model/picture-list.js'
import { PieceLocator } from '../../src/inference/piece-locator.node.js'
import { colorMatcherCard, colorMatcherGraphs, writeColorMatcher } from '../support/color-matcher.js'
import { plainPiece, quarterColors, writeQuarters } from '../support/color-quarters.js'

let folder: string
let pictures: Awaited<ReturnType<typeof writeQuarters>>
const at = (...parts: string[]) => join(folder, ...parts)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  pictures = await writeQuarters(at('pictures'))
  await writeColorMatcher(at('model'))
})

afterAll(() => rm(folder, { recursive: true }))

describe('PieceLocator on Node', () => {
  test('locates every quarter of a puzzle with a real model', async () => {
    const locator = await PieceLocator.load(at('model'))
    expect(locator.card).toMatchObject({ name: 'color-matcher', kind: 'regressor' })
    expect(locator.backend).toBe('cpu')
    const puzzle = await locator.preparePuzzle(pictures.puzzle)
    const results = await puzzle.locateMany(pictures.pieces, { heatmap: true })
    expect(results.map(result => result.cell)).toEqual([
      { row: 0, col: 0 },
      { row: 0, col: 1 },
      { row: 1, col: 0 },
      { row: 1, col: 1 },
    ])
    for (const result of results) {
      expect(result.score).toBeGreaterThan(0.9)
      expect(result.heatmap!.data.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
      expect(Math.min(...Object.values(result.timings))).toBeGreaterThanOrEqual(0)
    }
    expect(Math.abs(results[1]!.center.x - 48)).toBeLessThan(2)
    expect(Math.abs(results[1]!.center.y - 12)).toBeLessThan(2)
    await locator.dispose()
  })

  test('one piece gives the same alone and among others', async () => {
    const locator = await PieceLocator.load(pathToFileURL(at('model')))
    const puzzle = await locator.preparePuzzle(pictures.puzzle, { pieces: 48 })
    const [, , third] = await puzzle.locateMany(pictures.pieces)
    const alone = await puzzle.locate(pictures.pieces[2]!)
    expect({ ...alone, timings: 0 }).toEqual({ ...third, timings: 0 })
    expect(puzzle.grid).toEqual({ rows: 6, cols: 8 })
    await locator.dispose()
  })

  test('takes pictures as Node programs have them', async () => {
    const locator = await PieceLocator.load(at('model'))
    const puzzle = await locator.preparePuzzle(pictures.puzzle)
    const path = pictures.pieces[3]!
    const bytes = await readFile(path)
    const { data, width, height } = plainPiece(quarterColors[3]!)
    const rgba = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : data[3 * (i >> 2) + (i % 4)]!,
    )
    const inputs = [
      pathToFileURL(path),
      pathToFileURL(path).href,
      bytes,
      new Uint8Array(bytes),
      new Uint8Array(bytes).buffer,
      new Blob([new Uint8Array(bytes)]),
      { data, width, height },
      { data: rgba, width, height },
      { data: rgba, width, height, channels: 4 as const },
    ]
    const results = await puzzle.locateMany(inputs)
    const expected = (await puzzle.locate(path)).center
    for (const result of results) expect(result.center).toEqual(expected)
    await locator.dispose()
  })

  test('refuses what is no picture', async () => {
    const locator = await PieceLocator.load(at('model'))
    const puzzle = await locator.preparePuzzle(pictures.puzzle)
    const refused = async (input: unknown, code: string) =>
      expect(puzzle.locate(input as string)).rejects.toMatchObject({ code })
    await refused(at('missing.jpg'), 'E_INPUT')
    await refused(folder, 'E_INPUT')
    await refused(new URL('https://example.org/piece.jpg'), 'E_INPUT')
    await refused(42, 'E_INPUT')
    await refused(null, 'E_INPUT')
    await refused(Buffer.from('not a picture'), 'E_IMAGE')
    await refused({ data: new Uint8Array(10), width: 2, height: 2 }, 'E_IMAGE')
    await refused({ data: new Uint8Array(0), width: 0, height: 0 }, 'E_IMAGE')
    await locator.dispose()
  })
})

describe('a model folder', () => {
  const refused = async (path: string, code: string, message: RegExp) =>
    expect(PieceLocator.load(path)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })

  test('must exist, be a folder and hold model.json', async () => {
    await refused(at('nowhere'), 'E_INPUT', /^Cannot read the model .*nowhere: there is no such folder\.$/)
    await refused(pictures.puzzle, 'E_INPUT', /it is not a folder\.$/)
    await refused(at('pictures'), 'E_MODEL', /holds no readable model\.json\.$/)
  })

  test('is refused when a byte of a graph changed, a graph is missing, or model.json is cut short', async () => {
    const graph = at('broken', 'piece_locator.onnx')
    await writeColorMatcher(at('broken'))
    const bytes = await readFile(graph)
    bytes[bytes.length >> 1]! ^= 1
    await writeFile(graph, bytes)
    await refused(at('broken'), 'E_MODEL', /^The model is damaged: .*piece_locator\.onnx is not the file/)
    await rm(graph)
    await refused(at('broken'), 'E_MODEL', /^The model is incomplete: .*piece_locator\.onnx is missing/)
    await copyFile(at('model', 'piece_locator.onnx'), graph)
    const json = await readFile(at('broken', 'model.json'), 'utf8')
    await writeFile(at('broken', 'model.json'), json.slice(0, json.length >> 1))
    await refused(at('broken'), 'E_MODEL', /^Expected JSON for .*model\.json/)
  })

  test('is refused when ONNX Runtime cannot load a graph that is as it was exported', async () => {
    const graphs = { ...colorMatcherGraphs(), puzzle_encoder: new Uint8Array([1, 2, 3]) }
    await writeColorMatcher(at('nonsense'), { graphs })
    await refused(at('nonsense'), 'E_MODEL', /^Expected a model that ONNX Runtime can load for .*puzzle_encoder\.onnx/)
  })

  test('is refused when its graphs take other inputs', async () => {
    const { puzzle_encoder } = colorMatcherGraphs()
    await writeColorMatcher(at('twice'), { graphs: { puzzle_encoder, piece_locator: puzzle_encoder } })
    const puzzle = await (await PieceLocator.load(at('twice'))).preparePuzzle(pictures.puzzle)
    await expect(puzzle.locate(pictures.pieces[0]!)).rejects.toMatchObject({ code: 'E_MODEL' })
  })

  test('of another kind is refused', async () => {
    await writeColorMatcher(at('matcher'), { card: { ...colorMatcherCard, kind: 'matcher' } })
    await refused(
      at('matcher'),
      'E_MODEL',
      /^Expected a model of kind regressor for .*matcher but received "matcher"\.$/,
    )
  })

  test('remembers the pictures that the model was trained on', async () => {
    const hash = '0123456789abcdef'.repeat(4)
    await writeColorMatcher(at('trained'), { trainingPictures: [hash] })
    const trained = await readTrainingPictures(await readModelFolder(at('trained')))
    expect([...trained]).toEqual([pictureId(hash)])
    expect((await readTrainingPictures(await readModelFolder(at('model')))).size).toBe(0)
  })
})
