import { describe, expect, test } from 'vitest'
import type { RgbImage } from '../../src/image/rgb-image.js'
import { PieceLocator } from '../../src/inference/piece-locator.js'
import { Regressor } from '../../src/inference/regressor.js'
import type { ModelSession } from '../../src/model-session.js'
import { type Tensor, tensor } from '../../src/tensor.js'
import { colorMatcherCard } from '../support/color-matcher.js'
import { plainPiece } from '../support/color-quarters.js'

const graph = { path: 'x.onnx', sha256: '' }
const card = { ...colorMatcherCard, files: { puzzle_encoder: graph, piece_locator: graph } }

/** A locator on fake sessions that says where a piece is by the red of its first pixel, and keeps a log of its runs. */
function fakeLocator(outputs: (pieces: Tensor) => Record<string, Tensor> = answers) {
  const log: string[] = []
  let running = 0
  const session = (name: string, run: (feeds: Readonly<Record<string, Tensor>>) => Record<string, Tensor>) =>
    ({
      async run(feeds: Readonly<Record<string, Tensor>>) {
        expect(++running).toBe(1)
        await new Promise(resolve => setTimeout(resolve, 1))
        running--
        log.push(`${name} ${Object.entries(feeds).map(([key, value]) => `${key} ${value.type} [${value.dims}]`)}`)
        return run(feeds)
      },
      async release() {
        log.push(`release ${name}`)
      },
    }) satisfies ModelSession
  const encoder = session('encoder', () => ({ puzzle_features: tensor('float32', [1, 1, 1], new Float32Array(1)) }))
  const locator = session('locator', feeds => outputs(feeds.piece!))
  let clock = 0
  const host = { backend: 'cpu', decode: async (image: RgbImage) => image, now: () => clock++ } as const
  return { locator: new PieceLocator(new Regressor(card, encoder, locator), host), log }
}

function answers(pieces: Tensor): Record<string, Tensor> {
  const count = pieces.dims[0]!
  const position = new Float32Array(2 * count)
  const stride = pieces.data.length / count
  for (let i = 0; i < count; i++) position[2 * i] = Number(pieces.data[i * stride]) / 256
  return {
    position: tensor('float32', [count, 2], position),
    attention: tensor('float32', [count, 1, 2], new Float32Array(2 * count).fill(0.5)),
  }
}

const puzzlePicture = plainPiece([0, 0, 0], 40, 20)
const piece = (red: number) => plainPiece([red, 0, 0])

describe('PieceLocator', () => {
  test('encodes the puzzle once and hands pieces over in batches, in order', async () => {
    const { locator, log } = fakeLocator()
    const puzzle = await locator.preparePuzzle(puzzlePicture)
    expect([puzzle.width, puzzle.height, puzzle.grid]).toEqual([40, 20, { rows: 2, cols: 2 }])
    const reds = Array.from({ length: 18 }, (_, i) => i * 8)
    const results = await puzzle.locateMany(reds.map(piece))
    expect(results.map(result => result.centerNorm.x * 256)).toEqual(reds)
    expect(log).toEqual([
      'encoder puzzle uint8 [1,3,16,16]',
      'locator piece uint8 [16,3,8,8],puzzle_features float32 [1,1,1]',
      'locator piece uint8 [2,3,8,8],puzzle_features float32 [1,1,1]',
    ])
  })

  test('reports where the time of a piece went', async () => {
    const { locator } = fakeLocator()
    const puzzle = await locator.preparePuzzle(puzzlePicture)
    const [first] = await puzzle.locateMany([piece(1), piece(2)])
    // The clock ticks once each time it is read; two pieces share one run.
    expect(first!.timings).toEqual({ decodeMs: 1, preprocessMs: 1, inferenceMs: 0.5, totalMs: 2.5 })
    expect(first!.backend).toBe('cpu')
  })

  test('locates nothing in no pieces', async () => {
    const { locator } = fakeLocator()
    expect(await (await locator.preparePuzzle(puzzlePicture)).locateMany([])).toEqual([])
  })

  test('runs overlapping calls one after the other', async () => {
    const { locator, log } = fakeLocator()
    const [a, b] = await Promise.all([locator.preparePuzzle(puzzlePicture), locator.preparePuzzle(puzzlePicture)])
    const results = await Promise.all([a.locate(piece(0)), b.locate(piece(64)), a.locate(piece(128))])
    expect(results.map(result => result.centerNorm.x)).toEqual([0, 0.25, 0.5])
    expect(log).toHaveLength(5)
  })

  test('releases the sessions once, after running calls; later calls throw E_DISPOSED', async () => {
    const { locator, log } = fakeLocator()
    const puzzle = await locator.preparePuzzle(puzzlePicture)
    const encoding = locator.preparePuzzle(puzzlePicture)
    await new Promise(resolve => setTimeout(resolve, 0))
    await Promise.all([locator.dispose(), locator.dispose()])
    await encoding
    expect(log.slice(-3)).toEqual(['encoder puzzle uint8 [1,3,16,16]', 'release encoder', 'release locator'])
    await expect(puzzle.locate(piece(1))).rejects.toMatchObject({ code: 'E_DISPOSED' })
    await expect(locator.preparePuzzle(puzzlePicture)).rejects.toMatchObject({ code: 'E_DISPOSED' })
    expect(log.filter(line => line.startsWith('release'))).toHaveLength(2)
  })

  test('a disposed puzzle does not touch the others', async () => {
    const { locator } = fakeLocator()
    const [a, b] = [await locator.preparePuzzle(puzzlePicture), await locator.preparePuzzle(puzzlePicture)]
    a.dispose()
    a.dispose()
    await expect(a.locate(piece(1))).rejects.toMatchObject({ code: 'E_DISPOSED' })
    expect((await b.locate(piece(64))).centerNorm.x).toBe(0.25)
  })

  test('a failing call does not block the next', async () => {
    let calls = 0
    const { locator } = fakeLocator(pieces => (calls++ === 0 ? {} : answers(pieces)))
    const puzzle = await locator.preparePuzzle(puzzlePicture)
    await expect(puzzle.locate(piece(1))).rejects.toMatchObject({ code: 'E_MODEL' })
    expect((await puzzle.locate(piece(64))).centerNorm.x).toBe(0.25)
  })

  test.each([{ topK: 0 }, { topK: 1.5 }, { minScore: 2 }, { minScore: Number.NaN }])('refuses %j', async options => {
    const puzzle = await fakeLocator().locator.preparePuzzle(puzzlePicture)
    await expect(puzzle.locate(piece(1), options)).rejects.toMatchObject({ code: 'E_USAGE' })
  })
})

describe('outputs that no regressor gives', () => {
  const position = tensor('float32', [1, 2], new Float32Array(2))
  const attention = tensor('float32', [1, 1, 2], new Float32Array(2))
  test.each([
    [{ attention }, 'Expected float32 numbers for output "position" of model "color-matcher" but received nothing.'],
    [
      { position: tensor('float32', [2, 2], new Float32Array(4)), attention },
      'Expected the shape [1, 2] for output "position" of model "color-matcher" but received [2, 2].',
    ],
    [
      { position, attention: tensor('float32', [1, 2], new Float32Array(2)) },
      'Expected the shape [1, ?, ?] for output "attention" of model "color-matcher" but received [1, 2].',
    ],
    [
      { position: tensor('float32', [1, 2], Float32Array.of(0, Number.NaN)), attention },
      'Expected finite numbers for output "position" of model "color-matcher" but received NaN.',
    ],
  ])('are E_MODEL', async (outputs, message) => {
    const puzzle = await fakeLocator(() => outputs as Record<string, Tensor>).locator.preparePuzzle(puzzlePicture)
    await expect(puzzle.locate(piece(1))).rejects.toMatchObject({ code: 'E_MODEL', message })
  })
})
