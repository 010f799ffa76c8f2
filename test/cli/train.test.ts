import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readModelFolder, readTrainingPictures } from '../../src/exported-model/model-folder.node.js'
import { decodeImage } from '../../src/image/decode.node.js'
import { readCheckpoint } from '../../src/training/checkpoint/checkpoint.node.js'
import { runCommand, smallOptions, writeBadPictures, writePictures } from '../support/small-training.js'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)
const json = async (...parts: string[]) => JSON.parse(await readFile(at(...parts), 'utf8'))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  await writePictures(at('photos'), 12)
  await writeBadPictures(at('photos'))
})

afterAll(() => rm(folder, { recursive: true }))

describe('piece-locator train', () => {
  let result: Awaited<ReturnType<typeof runCommand>>

  beforeAll(async () => {
    const options = ['--preset', 'exp9-scratch', '--epochs', '2', '--seed', '3', '--workers', '0', ...smallOptions]
    result = await runCommand('train', '--images', at('photos'), '-o', at('run'), ...options)
  })

  test('says first what it found and what it will do', () => {
    expect(result.code).toBe(0)
    expect(result.err).toMatch(/^Warning: Left out: cut\.jpg is damaged or cut short \(.*\)\.$/m)
    expect(result.err).toMatch(/^Warning: Left out: text\.jpg is not a picture that can be read\.$/m)
    expect(result.err).toMatch(/^1 duplicate left out/m)
    expect(result.err).toMatch(/^Pictures {2}12 of .*photos: 9 train, 1 val, 2 test; 3 left out$/m)
    expect(result.err).toMatch(
      /^Network {3}2,001,891 parameters \(backbone 1,854,016, correlation 147,713, refinement 162\)$/m,
    )
    expect(result.err).toMatch(/^Training {2}preset exp9-scratch, grid 2x2, 2 epochs of 5 steps, 2 puzzles x 4 pieces/m)
    expect(result.err).toMatch(/^Weights {3}random$/m)
    expect(result.err).not.toContain('hardly learns')
  })

  test('shows its progress, a line for each epoch', () => {
    expect(result.err).toMatch(
      /^100% \(10\/10\) {2}epoch 2\/2 .* loss \S+ {2}accuracy \S+ {2}step \d+ ms {2}data wait \d+ ms$/m,
    )
    expect(
      result.err.match(/^epoch \d\/2 {2}train loss \S+ accuracy \S+ {2}val loss \S+ accuracy \S+ of 4 /gm),
    ).toHaveLength(2)
  })

  test('leaves a run folder', async () => {
    const files = 'checkpoints config.json env.json metrics.csv metrics.jsonl model params.json pictures.json plots'
    expect((await readdir(at('run'))).sort()).toEqual([...files.split(' '), 'samples', 'summary.json', 'tb'])
    expect(await json('run', 'config.json')).toMatchObject({
      preset: 'exp9-scratch',
      epochs: 2,
      seed: 3,
      pieceSize: 32,
    })
    expect(await json('run', 'env.json')).toMatchObject({
      node: process.versions.node,
      lowering: expect.stringMatching(/^(blocked|standard)$/),
    })
    expect((await json('run', 'pictures.json')).split).toEqual({ test: 2, val: 1, train: 9 })
  })

  test('writes one row of metrics for each epoch, the same as CSV and as JSON lines', async () => {
    const [header, ...rows] = (await readFile(at('run', 'metrics.csv'), 'utf8')).trimEnd().split('\n')
    const lines = (await readFile(at('run', 'metrics.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(rows).toHaveLength(2)
    expect(lines.map(line => line.epoch)).toEqual([1, 2])
    expect(rows).toEqual(lines.map(line => Object.values(line).join(',')))
    expect(header).toBe(Object.keys(lines[0]).join(','))
    expect(lines[0]).toMatchObject({ backboneLr: 1e-3, headLr: 1e-3, valN: 4, best: true })
    expect(lines[1].headLr).toBeCloseTo(5e-4)
  })

  test('saves the last and the best state', async () => {
    const last = await readCheckpoint(at('run', 'checkpoints', 'last'))
    expect(last.properties.get('epoch')).toBe(2n)
    expect(last.optimizer?.step).toBe(10)
    const best = await readCheckpoint(at('run', 'checkpoints', 'best'))
    expect(best.properties.get('epoch')).toBe(best.properties.get('best_epoch'))
    expect(Number(best.properties.get('best_cell_accuracy'))).toBeGreaterThanOrEqual(0)
  })

  test('tests once, beside chance and mean color, and says so', async () => {
    const summary = await json('run', 'summary.json')
    expect(summary).toMatchObject({
      epochs: 2,
      pictures: { train: 9, val: 1, test: 2, leftOut: 3 },
      test: { n: 8 },
      // Pieces of this preset are cut, not photographed: mean color finds all of them.
      baselines: { chance: 0.25, meanColor: { n: 8, cellAccuracy: 1 } },
    })
    const accuracy = `${(100 * summary.test.cellAccuracy).toFixed(1)}%`
    expect(result.out).toMatch(
      /^Test: \S+ \(95% interval \S+ to \S+\) of 8 pieces in the right cell; chance 25\.0%, .* 100\.0%\.$/m,
    )
    expect(result.out).toContain(`Test: ${accuracy} `)
  })

  test('exports a model that knows what it was trained on', async () => {
    const model = await readModelFolder(at('run', 'model'))
    const summary = await json('run', 'summary.json')
    expect(model.card).toMatchObject({
      kind: 'regressor',
      name: 'run',
      input: { puzzleSize: 64, pieceSize: 32 },
      grid: { rows: 2, cols: 2 },
      metrics: [{ split: 'test', n: 8, cellAccuracy: summary.test.cellAccuracy, chance: 0.25 }],
      provenance: { preset: 'exp9-scratch', pictures: 'photos', epochs: summary.bestEpoch, seed: 3 },
    })
    expect((await readTrainingPictures(model)).size).toBe(9)
  })

  test('ends with a command that answers the right cell, or says that none is right', async () => {
    const [, command] = /^ {2}npx piece-locator (locate .*)$/m.exec(result.out)!
    const { code, out } = await runCommand(...command!.split(' '))
    expect(code).toBe(0)
    const [, right, place] = /of which it places (\d) of 4 pieces right:\n.*\nThe piece was cut from (.*)\.$/m.exec(
      result.out,
    )!
    if (right === '0') expect(out).not.toContain(place)
    else expect(out).toContain(`: ${place}, `)
    const { width, height } = await decodeImage(at('run', 'samples', 'puzzle.png'))
    expect({ width, height }).toEqual({ width: 64, height: 64 })
  })
})

describe('what cannot be trained', () => {
  const oneSentence = /^(Warning: [^\n]+\n)*Error: [^\n]+\.\n(Hint: [^\n]+\n)?$/

  test.each([
    [['--epochs', '0'], /Expected a whole number from 1 to 100000 for --epochs but received "0"\./],
    [
      ['--batch-size', '6'],
      /Expected a multiple of 4, the pieces drawn of each puzzle for the batch size but received 6\./,
    ],
    [['--backbone-lr', 'fast'], /Expected a number from 0 to 1 for --backbone-lr but received "fast"\./],
    [['--head-lr', '0'], /Expected number to be >0 for "headLr" of the configuration but received 0\./],
    [['--dropout', '1'], /Expected number to be <1 for "dropout" of the configuration but received 1\./],
    [['--piece-size', '16'], /Expected a whole number from 32 to 4096 for --piece-size but received "16"\./],
    [['--grid', '2'], /Expected a grid as ROWSxCOLS, .* for --grid but received "2"\./],
    [
      ['--preset', 'exp99'],
      /Expected one of exp9, exp9-gradual, exp9-scratch, quick for --preset but received "exp99"\./,
    ],
    [['--sampling', 'all'], /Option '--sampling <how>' argument 'all' is invalid\./],
    [['--epoch', '3'], /Unknown option '--epoch'\.\nHint: Did you mean --epochs\?/],
    [['photos'], /Too many arguments for 'train'\./],
  ])('%j ends with 2', async (options, message) => {
    const { code, out, err } = await runCommand('train', '-o', at('bad'), ...options)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(err).toMatch(oneSentence)
    expect(existsSync(at('bad'))).toBe(false)
  })

  test('a folder that holds something is never written to', async () => {
    const before = await readdir(at('photos'))
    const { code, err } = await runCommand('train', '-o', at('photos'))
    expect(code).toBe(2)
    expect(err).toMatch(
      /^Error: Expected a new or empty folder for the run but received ".*photos"\.\nHint: .*never overwrite/,
    )
    expect(await readdir(at('photos'))).toEqual(before)
  })

  test('folders without enough pictures, and outputs that cannot be made, end with 3', async () => {
    await mkdir(at('empty'))
    await writePictures(at('two'), 2)
    await mkdir(at('texts'))
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) await writeFile(at('texts', name), name)
    await writeFile(at('file'), '')
    const cases: [string[], RegExp][] = [
      [['--images', at('missing')], /Cannot read pictures from the folder .*missing: there is no such/],
      [['--images', at('file')], /Cannot read pictures from the folder .*file: it is not a folder\./],
      [['--images', at('empty')], /There are no pictures in the folder .*empty\./],
      [['--images', at('two')], /Too few usable pictures in the folder .*two: 2, where 3 are needed/],
      [['--images', at('texts')], /Too few usable pictures .*texts: 0, where 3 are needed \(left out: 3 unusable, /],
    ]
    for (const [options, message] of cases) {
      const { code, out, err } = await runCommand('--quiet', 'train', '-o', at('bad'), ...options)
      expect({ options, code, out }).toEqual({ options, code: 3, out: '' })
      expect(err).toMatch(message)
      expect(err).toMatch(oneSentence)
      expect(existsSync(at('bad'))).toBe(false)
    }
    const { code, err } = await runCommand('train', '-o', at('file', 'run'))
    expect(code).toBe(3)
    expect(err).toMatch(/^Error: Cannot write .*run: ENOTDIR: not a directory\.\n$/)
  })
})
