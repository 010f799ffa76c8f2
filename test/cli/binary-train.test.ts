import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallOptions, writeBadPictures, writePictures } from '../support/small-training.js'

const binary = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

let folder: string
let trained: ReturnType<typeof piece>
let run: string

function piece(...args: string[]) {
  const { FORCE_COLOR, NO_COLOR, ...env } = process.env
  return spawnSync(process.execPath, [binary, ...args], { cwd: folder, encoding: 'utf8', env })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  await writePictures(join(folder, 'photos'), 12)
  await writeBadPictures(join(folder, 'photos'))
  trained = piece('train', '--images', 'photos', '--epochs', '1', '--workers', '2', ...smallOptions)
  const [name] = await readdir(join(folder, 'runs'))
  run = `runs/${name}`
})

afterAll(() => rm(folder, { recursive: true }))

test('train, with pictures and no preset, is the seed experiment, from random weights', async () => {
  expect(trained.status).toBe(0)
  expect(run).toMatch(/^runs\/\d{4}-\d\d-\d\d-exp9$/)
  expect(trained.stderr).toMatch(/^Warning: Left out: text\.jpg/m)
  expect(trained.stderr).toMatch(/^Weights {3}random$/m)
  expect(trained.stderr).toMatch(/^Hint: from random weights .* hardly learns; --preset exp9-scratch/m)
  expect(trained.stderr).not.toContain('\u001b')
  // The seed's presets train on the pictures of validation too and keep the last epoch.
  const row = JSON.parse(await readFile(join(folder, run, 'metrics.jsonl'), 'utf8'))
  expect(row).toMatchObject({ epoch: 1, valN: null, best: true })
})

test('the printed command answers', () => {
  const [, command] = /^ {2}npx piece-locator (locate .*)$/m.exec(trained.stdout)!
  const { status, stdout, stderr } = piece(...command!.split(' '))
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const [, right, place] = /places (\d) of 4 pieces right:\n.*\nThe piece was cut from (.*)\.$/m.exec(trained.stdout)!
  expect(stdout.includes(`: ${place}, `)).toBe(right !== '0')
})

test('the other commands go on from the run', () => {
  const evaluated = piece('evaluate', '--model', `${run}/model`, '--images', 'photos', '--json')
  expect(evaluated.status).toBe(0)
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ metrics: { n: 8 }, baselines: { chance: 0.25 } })
  const refused = piece('evaluate', '--model', `${run}/model`, '--images', 'photos', '--split', 'val')
  expect(refused.status).toBe(2)
  expect(refused.stderr).toMatch(/^Error: The model was trained on 1 of the 1 val picture, such as \d+\.png\.$/m)
  expect(piece('export', '-o', 'models/mine')).toMatchObject({
    status: 0,
    stdout: `models/mine: epoch 1 of ${run}\n`,
    stderr: '',
  })
  const inspected = piece('inspect', `${run}/checkpoints/best`)
  expect(inspected.stdout).toMatch(/^parameters +2,001,891 in 285 tensors$/m)
  expect(inspected.stdout).toMatch(/^AdamW +5 steps$/m)
})

test('a run is never written over, and what fails leaves no run', async () => {
  expect(piece('train', '-o', run)).toMatchObject({ status: 2, stdout: '' })
  expect(piece('train', '--images', 'photos', '--batch-size', '2')).toMatchObject({ status: 2, stdout: '' })
  expect(piece('train', '--images', 'nowhere')).toMatchObject({ status: 3, stdout: '' })
  expect(await readdir(join(folder, 'runs'))).toHaveLength(1)
})
