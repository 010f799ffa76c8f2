import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { preparePictures } from '../../src/data/manifest.node.js'
import { firstPosition } from '../../src/training/position.js'
import { presets } from '../../src/training/presets.js'
import { RunFolder } from '../../src/training/run/run-folder.node.js'
import { runCommand, smallConfig, writePictures } from '../support/small-training.js'
import { environmentAt, untrainedSession } from '../support/stub-run.js'

let folder: string
const home = process.cwd()
const at = (...parts: string[]) => join(folder, ...parts)

/** A run that was stopped after its first step. */
async function stoppedRun(path: string): Promise<RunFolder> {
  const manifest = existsSync(at('photos')) ? await preparePictures(at('photos')) : null
  const environment = environmentAt('2026-10-02T12:00:00.000Z')
  const run = await RunFolder.create({ folder: path, config: smallConfig, environment, manifest })
  await run.save({ ...firstPosition, step: 1 }, untrainedSession())
  await run.close()
  return run
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  process.chdir(folder)
})

afterEach(async () => {
  process.chdir(home)
  await rm(folder, { recursive: true })
})

describe('--print-config and --config', () => {
  test('print the whole configuration and nothing else; a file changes the preset, options change both', async () => {
    await writeFile(at('file.json'), JSON.stringify({ preset: 'exp9-scratch', epochs: 7, seed: 5 }))
    const { code, out, err } = await runCommand('train', '--config', 'file.json', '--seed', '6', '--print-config')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(out)).toEqual({ ...presets['exp9-scratch'], epochs: 7, seed: 6 })
    await writeFile(at('whole.json'), out)
    expect((await runCommand('train', '--config', 'whole.json', '--print-config')).out).toBe(out)
    expect(await readdir(folder)).toEqual(['file.json', 'whole.json'])
  })

  test.each([
    ['{"epoch": 3}', 2, /^Error: Expected known keys only for the configuration but received "epoch"\.$/m],
    ['{"epochs": "3"}', 2, /for "epochs" of the configuration but received "3"\.$/m],
    ['{"preset": "exp99"}', 2, /^Error: Expected one of .* for --preset but received "exp99"\.$/m],
    ['[1]', 2, /^Error: Expected a JSON object, .* for file\.json but received \[1\]\.$/m],
    ['{', 2, /^Error: Expected a JSON object/m],
    [null, 3, /^Error: Expected a file that can be read for --config but received "file\.json"\.$/m],
  ])('%s is refused', async (text, exitCode, message) => {
    if (text !== null) await writeFile(at('file.json'), text)
    const { code, out, err } = await runCommand('train', '--config', 'file.json')
    expect({ code, out }).toEqual({ code: exitCode, out: '' })
    expect(err).toMatch(message)
  })
})

test('--dry-run checks everything, says the plan and leaves nothing', async () => {
  await writePictures(at('photos'), 5)
  await writeFile(at('photos', 'text.jpg'), 'this is no picture')
  const { code, out, err } = await runCommand(
    'train',
    '--images',
    'photos',
    '--dry-run',
    '--epochs',
    '4',
    '--batch-size',
    '8',
  )
  expect(code).toBe(0)
  expect(err).toMatch(/^Warning: Left out: text\.jpg/m)
  expect(out).toMatch(/^Network {3}2,001,891 parameters/m)
  expect(out).toMatch(/^Steps {5}8 in 4 epochs$/m)
  expect(out).toMatch(/^Memory {4}about \d+ MB: a step \d+ MB, weights and AdamW 62 MB; /m)
  expect(await readdir(folder)).toEqual(['photos'])
})

test('--overfit-batches says that a network could not learn them, and keeps nothing', async () => {
  const { preset, ...config } = smallConfig
  await writeFile(at('small.json'), JSON.stringify(config))
  const { code, err } = await runCommand(
    'train',
    '--config',
    'small.json',
    '--overfit-batches',
    '1',
    '--epochs',
    '1',
    '--workers',
    '0',
  )
  expect(code).toBe(4)
  expect(err).toMatch(
    /^Error: Failed to learn the first batch by heart: \S+% right, loss \S+, where 95\.0% are wanted\.$/m,
  )
  expect(await readdir(folder)).toEqual(['small.json'])
})

describe('--resume', () => {
  const resume = async (...args: string[]) => {
    const { code, err } = await runCommand('train', '--resume', ...args)
    return { code, err }
  }

  test('refuses pictures that are not those of the run', async () => {
    await writePictures(at('photos'), 6)
    await stoppedRun('run')
    await rename(at('photos', '0.png'), at('0.png'))
    await writeFile(at('photos', '1.png'), await readFile(at('photos', '2.png')))
    const { code, err } = await resume('run')
    expect(code).toBe(3)
    expect(err).toMatch(
      /^Error: The pictures of .*photos are not those that run began with: 2 missing \(such as \d\.png\)\.\nHint: /m,
    )
    expect(existsSync(at('run', 'train.lock'))).toBe(false)
  })

  test('refuses other pictures, another folder and another kind of training by option', async () => {
    await stoppedRun('run')
    const other = await resume('run', '--images', 'photos', '-o', 'elsewhere', '--grid', '3x3')
    expect(other).toEqual({
      code: 2,
      err: expect.stringMatching(
        /^Error: The run run began with grid\.rows 2, not 3; grid\.cols 2, not 3; pictures drawn, not "photos"; the folder "run", not "elsewhere"\.\n/,
      ),
    })
    for (const option of [['--dry-run'], ['--overfit-batches', '1']]) {
      expect(await resume('run', ...option)).toMatchObject({ code: 2 })
    }
  })

  test('refuses what is no run, one that never began, and damaged or foreign checkpoints', async () => {
    expect(await resume()).toEqual({
      code: 3,
      err: expect.stringMatching(/^Error: There is no run in the folder runs\./),
    })
    expect(await resume('nowhere')).toMatchObject({ code: 3, err: expect.stringContaining('is no run') })
    await stoppedRun('early')
    await rm(at('early', 'env.json'))
    expect(await resume('early')).toMatchObject({ code: 3, err: expect.stringContaining('before it began') })
    await stoppedRun('damaged')
    const bytes = await readFile(at('damaged', 'checkpoints', 'last'))
    await writeFile(at('damaged', 'checkpoints', 'last'), bytes.subarray(0, 1000))
    expect(await resume('damaged')).toMatchObject({ code: 5 })
  })

  test('refuses a run that another process trains, and a configuration that was edited', async () => {
    const run = await stoppedRun('run')
    const held = await RunFolder.take(run.path, smallConfig)
    expect(await resume('run')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^Error: Another process trains in run/),
    })
    await held.close()
    await writeFile(at('run', 'config.json'), JSON.stringify({ ...smallConfig, batchSize: 4 }))
    expect(await resume('run')).toMatchObject({ code: 2, err: expect.stringContaining('"batchSize" of') })
  })
})
