import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readCheckpoint } from '../../../src/training/checkpoint/checkpoint.node.js'
import { newestRun, openRun } from '../../../src/training/run/open-run.node.js'
import { RunFolder } from '../../../src/training/run/run-folder.node.js'
import type { RunSummary } from '../../../src/training/run/run-summary.js'
import { smallConfig } from '../../support/small-training.js'
import { environmentAt, epochEvent, untrainedSession } from '../../support/stub-run.js'

let folder: string
const home = process.cwd()
const session = untrainedSession()
const at = (...parts: string[]) => join(folder, ...parts)
const text = (...parts: string[]) => readFile(at(...parts), 'utf8')
const create = (path?: string, startedAt = '2026-10-02T12:00:00.000Z') =>
  RunFolder.create({ folder: path, config: smallConfig, environment: environmentAt(startedAt), manifest: null })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  process.chdir(folder)
})

afterEach(async () => {
  process.chdir(home)
  await rm(folder, { recursive: true })
})

describe('making a run folder', () => {
  test('names it after day and preset, numbers the next ones', async () => {
    const paths = [(await create()).path, (await create()).path, (await create()).path]
    const name = join('runs', '2026-10-02-quick')
    expect(paths).toEqual([name, `${name}-2`, `${name}-3`])
    expect(JSON.parse(await text(name, 'config.json'))).toEqual(smallConfig)
    expect(JSON.parse(await text(name, 'env.json'))).toMatchObject({ startedAt: '2026-10-02T12:00:00.000Z' })
  })

  test('takes a new or an empty folder, and nothing else', async () => {
    await mkdir(at('empty'))
    expect((await create(at('empty'))).path).toBe(at('empty'))
    expect((await create(at('a', 'b'))).path).toBe(at('a', 'b'))
    await expect(create(at('empty'))).rejects.toMatchObject({
      code: 'E_USAGE',
      message: `Expected a new or empty folder for the run but received "${at('empty')}".`,
    })
    await writeFile(at('file'), '')
    for (const path of [at('file'), at('file', 'run')])
      await expect(create(path)).rejects.toMatchObject({ code: 'E_INPUT' })
  })

  test('of two runs that start in one folder at the same time, one gets it', async () => {
    const results = await Promise.allSettled([create(at('run')), create(at('run'))])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(JSON.parse(await text('run', 'config.json'))).toEqual(smallConfig)
    expect(existsSync(at('run', 'metrics.csv'))).toBe(true)
  })
})

describe('recording epochs', () => {
  test('adds a row to both metrics files and saves last and best', async () => {
    const run = await create(at('run'))
    await run.recordEpoch(epochEvent(1, 0.5, true), session)
    await run.recordEpoch(epochEvent(2, 0.25, false), session)
    expect(await text('run', 'metrics.csv')).toBe(
      [
        'epoch,backboneLr,headLr,trainLoss,trainAccuracy,valN,valAccuracy,valAccuracyLow,valAccuracyHigh,valMse,valMeanDistance,valMedianDistance,best,seconds,dataMs,stepMs',
        `1,0.0001,0.001,0.1,0.5,4,0.5,0.1,0.9,${1 / 3},0.2,0.25,true,2,3,4`,
        `2,0.0001,0.001,0.1,0.5,4,0.25,0.1,0.9,${1 / 3},0.2,0.25,false,2,3,4`,
        '',
      ].join('\n'),
    )
    const lines = (await text('run', 'metrics.jsonl')).trimEnd().split('\n')
    expect(
      lines.map(line => JSON.parse(line)).map(({ epoch, valAccuracy, best }) => ({ epoch, valAccuracy, best })),
    ).toEqual([
      { epoch: 1, valAccuracy: 0.5, best: true },
      { epoch: 2, valAccuracy: 0.25, best: false },
    ])
    const last = await readCheckpoint(at('run', 'checkpoints', 'last'))
    expect(Object.fromEntries(last.properties)).toMatchObject({
      epoch: 2n,
      best_epoch: 1n,
      best_cell_accuracy: '0.5',
      best_mse: String(1 / 3),
    })
    expect((await readCheckpoint(at('run', 'checkpoints', 'best'))).properties.get('epoch')).toBe(1n)
  })

  test('leaves empty what was not measured', async () => {
    const run = await create(at('run'))
    await run.recordEpoch(epochEvent(1, null, true), session)
    expect((await text('run', 'metrics.csv')).split('\n')[1]).toBe('1,0.0001,0.001,0.1,0.5,,,,,,,,true,2,3,4')
    expect(JSON.parse(await text('run', 'metrics.jsonl'))).toMatchObject({ valN: null, valAccuracy: null })
  })

  test('a disk that fails is an error that names the run', async () => {
    const run = await create(at('run'))
    await rm(at('run', 'checkpoints'), { recursive: true })
    await expect(run.recordEpoch(epochEvent(1, 0.5, true), session)).rejects.toMatchObject({ code: 'E_INPUT' })
    await rm(at('run', 'metrics.csv'))
    await mkdir(at('run', 'metrics.csv'))
    await expect(run.recordEpoch(epochEvent(2, 0.5, true), session)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `Cannot write ${at('run')}: EISDIR: illegal operation on a directory.`,
    })
  })
})

describe('a run that failed', () => {
  test('before its first checkpoint leaves nothing behind', async () => {
    await (await create(at('new'))).discardUntrained()
    await mkdir(at('empty'))
    await (await create(at('empty'))).discardUntrained()
    expect(await readdir(folder)).toEqual(['empty'])
    expect(await readdir(at('empty'))).toEqual([])
  })

  test('later keeps everything', async () => {
    const run = await create(at('run'))
    await run.recordEpoch(epochEvent(1, 0.5, true), session)
    await run.discardUntrained()
    expect(await readdir(at('run', 'checkpoints'))).toEqual(['best', 'last'])
  })
})

describe('reading runs back', () => {
  const metrics = {
    n: 8,
    cellAccuracy: 0.5,
    cellAccuracyInterval: [0.2, 0.8],
    mse: 0.1,
    meanDistance: 0.3,
    medianDistance: 0.3,
  } satisfies RunSummary['test']
  const summary: RunSummary = {
    formatVersion: 1,
    finishedAt: '2026-10-02T13:00:00.000Z',
    seconds: 3600,
    epochs: 2,
    bestEpoch: 1,
    pictures: { from: 'embedded', train: 8, val: 2, test: 4, leftOut: 0 },
    test: metrics,
    baselines: { chance: 0.25, meanColor: metrics },
  }

  test('gives configuration, summary and the checkpoint to use', async () => {
    const run = await create(at('run'))
    await expect(openRun(at('run'))).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `The run ${at('run')} has no checkpoint yet: nothing of it was saved.`,
    })
    await run.recordEpoch(epochEvent(1, 0.5, false), session)
    expect(await openRun(at('run'))).toEqual({
      path: at('run'),
      name: 'run',
      config: smallConfig,
      manifest: null,
      summary: null,
      checkpoint: at('run', 'checkpoints', 'last'),
    })
    await run.recordEpoch(epochEvent(2, 0.5, true), session)
    await run.writeSummary(summary)
    expect(await openRun(at('run'))).toMatchObject({ summary, checkpoint: at('run', 'checkpoints', 'best') })
  })

  test('damaged files are named', async () => {
    const run = await create(at('run'))
    await run.recordEpoch(epochEvent(1, 0.5, true), session)
    await writeFile(at('run', 'summary.json'), '{"formatVersion": 2}')
    await expect(openRun(at('run'))).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining('summary.json'),
    })
    await writeFile(at('run', 'config.json'), JSON.stringify({ ...smallConfig, epochs: 'many' }))
    await expect(openRun(at('run'))).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: 'Expected number for "epochs" of the configuration but received "many".',
    })
    await writeFile(at('run', 'config.json'), 'epochs: 2')
    await expect(openRun(at('run'))).rejects.toMatchObject({ code: 'E_INPUT' })
    await expect(openRun(folder)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `${folder} is no run: it holds no config.json.`,
    })
  })

  test('the newest run is the one that started last among those with a checkpoint', async () => {
    await expect(newestRun()).rejects.toMatchObject({ code: 'E_INPUT', hint: expect.stringContaining('Train first') })
    for (const [name, start, trained] of [
      ['b', '2026-10-02T12:00:00.000Z', true],
      ['a', '2026-10-03T12:00:00.000Z', true],
      ['c', '2026-10-01T12:00:00.000Z', true],
      ['d', '2026-10-04T12:00:00.000Z', false],
    ] as const) {
      const run = await create(at('runs', name), start)
      if (trained) await run.recordEpoch(epochEvent(1, 0.5, true), session)
    }
    await writeFile(at('runs', 'notes.txt'), 'mine')
    expect(await newestRun()).toBe(join('runs', 'a'))
  })
})
