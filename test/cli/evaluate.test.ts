import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outputOf } from '../../src/cli/output.js'
import { buildProgram } from '../../src/cli/program.js'
import { trainAndTest } from '../../src/cli/train/train-and-test.js'
import { preparePictures } from '../../src/data/manifest.node.js'
import { drawnPictures } from '../../src/data/split-pictures.node.js'
import { artifactOptionsOf } from '../../src/training/artifacts/artifact-options.js'
import { createArtifacts } from '../../src/training/artifacts/create-artifacts.js'
import { describeEnvironment } from '../../src/training/run/environment.node.js'
import { RunFolder } from '../../src/training/run/run-folder.node.js'
import { colorMatcherCard, writeColorMatcher } from '../support/color-matcher.js'
import { fakeIo } from '../support/fake-io.js'
import { runCommand, smallConfig, writeBadPictures, writePictures } from '../support/small-training.js'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)
const evaluateJson = async (...options: string[]) => {
  const { code, out, err } = await runCommand('--quiet', 'evaluate', '--json', ...options)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  await writePictures(at('photos'), 10)
  await writeColorMatcher(at('matcher'))
})

afterAll(() => rm(folder, { recursive: true }))

describe('piece-locator evaluate', () => {
  test('says in words how good a model is, beside chance and mean color', async () => {
    const { code, out } = await runCommand('evaluate', '--model', at('matcher'), '--images', at('photos'))
    expect(code).toBe(0)
    const [accuracy, distances, about] = out.split('\n')
    expect(accuracy).toMatch(
      /^\d+\.\d% \(95% interval \S+ to \S+\) of 8 cut pieces in the right cell; chance 25\.0%, nearest mean color 100\.0%$/,
    )
    expect(distances).toMatch(/^mean squared error \S+, distance \S+ \(mean\), \S+ \(median\), as fractions/)
    expect(about).toMatch(/matcher on 2 test pictures \(.*photos\), grid 2x2$/)
  })

  test('--json prints one document', async () => {
    const document = await evaluateJson('--model', at('matcher'), '--images', at('photos'), '--split', 'train')
    expect(document).toMatchObject({
      schemaVersion: 1,
      model: at('matcher'),
      pictures: { from: at('photos'), split: 'train', count: 7 },
      grid: { rows: 2, cols: 2 },
      pieces: 'cut',
      metrics: { n: 28 },
      baselines: { chance: 0.25, meanColor: { n: 28, cellAccuracy: 1 } },
    })
    const { cellAccuracy, cellAccuracyInterval, mse } = document.metrics
    // The model compares mean colors over a coarse map: right more often than not, never exact.
    expect(cellAccuracy).toBeGreaterThan(0.3)
    expect(cellAccuracyInterval[0]).toBeLessThan(cellAccuracy)
    expect(mse).toBeGreaterThan(0)
  })

  test('--grid cuts other pieces', async () => {
    const { grid, metrics, baselines } = await evaluateJson(
      ...['--model', at('matcher'), '--images', at('photos'), '--grid', '3x4'],
    )
    expect(grid).toEqual({ rows: 3, cols: 4 })
    expect(metrics.n).toBe(8)
    expect(baselines.chance).toBeCloseTo(1 / 12)
  })

  test('leaves bad pictures out by name', async () => {
    await writePictures(at('mixed'), 8)
    await writeBadPictures(at('mixed'))
    const { code, err } = await runCommand('evaluate', '--model', at('matcher'), '--images', at('mixed'))
    expect(code).toBe(0)
    expect(err).toMatch(/^Warning: Left out: cut\.jpg is damaged or cut short/m)
    expect(err).toMatch(/^Warning: Left out: text\.jpg is not a picture/m)
  })
})

describe('a model of drawn pictures', () => {
  let tested: Awaited<ReturnType<typeof trainAndTest>>

  beforeAll(async () => {
    const io = fakeIo()
    const config = smallConfig
    const environment = await describeEnvironment(new Date(0))
    tested = await trainAndTest({
      config,
      pictures: drawnPictures({ ...config.embedded, seed: config.seed }),
      artifacts: createArtifacts(artifactOptionsOf(config)),
      folder: await RunFolder.create({ folder: at('run'), config, environment, manifest: null }),
      output: outputOf(buildProgram(io), io),
      workers: 0,
      cacheMb: 10,
      now: io.now,
    })
  })

  test('is measured again on the very pieces of its own test', async () => {
    const document = await evaluateJson('--model', tested.path)
    expect(document.pictures).toEqual({ from: 'embedded', split: 'test', count: 4 })
    expect(document.pieces).toBe('photographed')
    expect(document.baselines).toEqual(tested.evaluation.baselines)
    // The exported model takes bytes: photographed pieces are rounded.
    expect(document.metrics.n).toBe(16)
    expect(document.metrics.mse).toBeCloseTo(tested.evaluation.model.mse, 4)
    const summary = JSON.parse(await readFile(at('run', 'summary.json'), 'utf8'))
    expect(summary.test).toEqual(tested.evaluation.model)
  })

  test('is not measured on what it was trained on', async () => {
    const { code, out, err } = await runCommand('evaluate', '--model', tested.path, '--split', 'train')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^Error: The model was trained on the train split of the drawn pictures\.\nHint: /)
    expect((await runCommand('evaluate', '--model', tested.path, '--split', 'val')).code).toBe(0)
  })
})

describe('what is not evaluated', () => {
  test('pictures that the model was trained on, wherever they lie now, end with 2', async () => {
    const { pictures } = await preparePictures(at('photos'))
    const train = pictures.filter(({ split }) => split === 'train')
    await writeColorMatcher(at('trained'), { trainingPictures: train.map(({ sha256 }) => sha256) })
    const evaluate = (...options: string[]) =>
      runCommand('--quiet', 'evaluate', '--model', at('trained'), '--images', at('photos'), ...options)
    expect(await evaluate('--split', 'train')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(
        /^Error: The model was trained on 7 of the 7 train pictures, such as \d\.png\.\nHint: [^\n]+\n$/,
      ),
    })
    expect((await evaluate('--split', 'test')).code).toBe(0)
    // One more picture moves the split: some of the old train pictures are test pictures now.
    await writePictures(at('other'), 1)
    for (const [i, { name }] of train.entries()) {
      await writeFile(at('other', `copy-${i}.png`), await readFile(at('photos', name)))
    }
    expect(await runCommand('--quiet', 'evaluate', '--model', at('trained'), '--images', at('other'))).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^Error: The model was trained on [12] of the 2 test pictures, such as copy-\d\.png\./,
      ),
    })
  })

  test('a part that has no pictures ends with 2', async () => {
    const embedded = { size: 64, train: 8, val: 0, test: 2 }
    const card = { ...colorMatcherCard, provenance: { ...colorMatcherCard.provenance, embedded } }
    await writeColorMatcher(at('no-val'), { card })
    const { code, err } = await runCommand('evaluate', '--model', at('no-val'), '--split', 'val')
    expect({ code, err }).toEqual({
      code: 2,
      err: 'Error: There are no val pictures: the model was trained on them.\n',
    })
  })

  test('wrong options, missing folders and damaged models end with their codes', async () => {
    await writeColorMatcher(at('damaged'))
    const graph = await readFile(at('damaged', 'piece_locator.onnx'))
    await writeFile(at('damaged', 'piece_locator.onnx'), graph.subarray(0, 50))
    await writeColorMatcher(at('list'), { trainingPictures: ['a'.repeat(64)] })
    await writeFile(at('list', 'training-pictures.txt'), 'nothing\n')
    const model = ['--model', at('matcher')]
    const cases: [string[], number, RegExp][] = [
      [[...model, '--split', 'all'], 2, /Allowed choices are test, val, train\./],
      [[...model, '--grid', '0x2'], 2, /Expected a grid as ROWSxCOLS/],
      [[...model, '--images', at('missing')], 3, /Cannot read pictures from the folder .*missing/],
      [['--model', at('missing')], 3, /Cannot read the model .*missing: there is no such folder\./],
      [['--model', at('photos')], 5, /photos is no model/],
      [['--model', at('damaged')], 5, /The model is damaged: .*piece_locator\.onnx/],
      [['--model', at('list'), '--images', at('photos')], 5, /The model is damaged: .*training-pictures\.txt/],
    ]
    for (const [options, code, message] of cases) {
      const result = await runCommand('--quiet', 'evaluate', ...options)
      expect({ options, code: result.code, out: result.out }).toEqual({ options, code, out: '' })
      expect(result.err).toMatch(message)
      expect(result.err).toMatch(/^Error: [^\n]+\.\n(Hint: [^\n]+\n)?$/)
    }
  })
})
