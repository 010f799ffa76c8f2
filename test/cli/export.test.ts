import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readModelFolder } from '../../src/exported-model/model-folder.node.js'
import { RunFolder } from '../../src/training/run/run-folder.node.js'
import { writeColorMatcher } from '../support/color-matcher.js'
import { runCommand, smallConfig, writePictures } from '../support/small-training.js'
import { environmentAt, epochEvent, untrainedSession } from '../support/stub-run.js'

let folder: string
const home = process.cwd()
const at = (...parts: string[]) => join(folder, ...parts)

async function makeRun(path: string, startedAt: string, name = smallConfig.preset) {
  const config = { ...smallConfig, preset: name }
  const run = await RunFolder.create({ folder: path, config, environment: environmentAt(startedAt), manifest: null })
  await run.recordEpoch(epochEvent(1, 0.5, true), untrainedSession())
  return run
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  process.chdir(folder)
  await makeRun(join('runs', 'old'), '2026-10-01T00:00:00.000Z', 'old')
  await makeRun(join('runs', 'new'), '2026-10-02T00:00:00.000Z', 'new')
  await writePictures(at('photos'), 3)
})

afterAll(async () => {
  process.chdir(home)
  await rm(folder, { recursive: true })
})

describe('piece-locator export', () => {
  test('writes the newest run as a model that locate uses', async () => {
    const { code, out, err } = await runCommand('export', '-o', 'models/mine')
    expect({ code, out }).toEqual({ code: 0, out: `models/mine: epoch 1 of ${join('runs', 'new')}\n` })
    expect(err).toBe('Warning: The run has not come to its end: the model is not tested.\n')
    const { card } = await readModelFolder('models/mine')
    expect(card).toMatchObject({
      kind: 'regressor',
      name: 'mine',
      input: { pieceSize: 32, puzzleSize: 64 },
      metrics: [],
      provenance: { preset: 'new', pictures: 'embedded', epochs: 1, embedded: smallConfig.embedded },
    })
    const [puzzle, piece] = [at('photos', '0.png'), at('photos', '1.png')]
    const located = await runCommand('locate', '--model', 'models/mine', '--puzzle', puzzle, '--piece', piece)
    expect(located).toMatchObject({ code: 0, out: expect.stringMatching(/: row [12] of 2, column [12] of 2 /) })
  })

  test('takes the run that is named, and replaces a model', async () => {
    await writeColorMatcher(at('model'), { trainingPictures: ['a'.repeat(64)] })
    expect(await runCommand('export', '--run', 'runs/old', '-o', 'model')).toMatchObject({ code: 0 })
    expect((await readModelFolder('model')).card.provenance.preset).toBe('old')
    expect((await readdir('model')).sort()).toEqual(['model.json', 'piece_locator.onnx', 'puzzle_encoder.onnx'])
  })

  test('equal runs give equal files', async () => {
    for (const name of ['a', 'b']) await runCommand('export', '--run', 'runs/old', '-o', join('twice', name, 'same'))
    for (const file of ['model.json', 'piece_locator.onnx', 'puzzle_encoder.onnx']) {
      const [a, b] = await Promise.all(['a', 'b'].map(name => readFile(join('twice', name, 'same', file))))
      expect({ file, equal: a!.equals(b!) }).toEqual({ file, equal: true })
    }
  })
})

describe('what is not exported', () => {
  test('over a folder that is no model', async () => {
    const before = await readdir('photos')
    const { code, out, err } = await runCommand('export', '-o', 'photos')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toBe(
      'Error: Expected a new or empty folder, or a model, for the output but received "photos".\n' +
        'Hint: It holds "0.png", which would be lost.\n',
    )
    expect(await readdir('photos')).toEqual(before)
  })

  test('without a place, a run, or whole files: each with its exit code', async () => {
    await makeRun('damaged', '2026-10-01T00:00:00.000Z')
    const checkpoint = join('damaged', 'checkpoints', 'best')
    await writeFile(checkpoint, (await readFile(checkpoint)).subarray(0, 5000))
    await makeRun('other', '2026-10-01T00:00:00.000Z')
    await writeFile(join('other', 'config.json'), JSON.stringify({ ...smallConfig, batchSize: 7 }))
    await writeFile('file', '')
    const cases: [string[], number, RegExp][] = [
      [[], 2, /Expected a folder .* to write to for --output but received nothing\./],
      [['-o', 'out', '--run', 'missing'], 3, /missing is no run: it holds no config\.json\./],
      [['-o', 'out', '--run', 'photos'], 3, /photos is no run/],
      [['-o', 'out', '--run', 'damaged'], 5, /checkpoint damaged/],
      [['-o', 'out', '--run', 'other'], 2, /Expected a multiple of 4/],
      [['-o', join('file', 'out')], 3, /Cannot write file\/out: ENOTDIR: not a directory\./],
      [['-o', 'out', '--precision', 'int4'], 2, /Unknown option '--precision'\./],
    ]
    for (const [options, code, message] of cases) {
      const result = await runCommand('export', ...options)
      expect({ options, code: result.code, out: result.out }).toEqual({ options, code, out: '' })
      expect(result.err).toMatch(message)
      expect(result.err).toMatch(/^Error: [^\n]+\.\n(Hint: [^\n]+\n)?$/)
    }
    expect(await readdir('.')).not.toContain('out')
    expect((await readdir('.')).filter(name => name.includes('.tmp'))).toEqual([])
  })
})
