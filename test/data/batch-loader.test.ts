import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Batch } from '../../src/data/batch.js'
import type { BatchLoaderOptions, BatchLoader as Loader } from '../../src/data/batch-loader.node.js'
import { planEpoch, planEvaluation } from '../../src/data/sampler.js'
import { writePng } from '../../src/image/encode.node.js'
import { wavyImage } from '../support/test-pattern.js'

// Worker threads run the built files; their types are the sources', so that checking types needs no build.
const built = (file: string) => new URL(`../../dist/data/${file}`, import.meta.url).href
const { BatchLoader }: typeof import('../../src/data/batch-loader.node.js') = await import(
  built('batch-loader.node.js')
)
const { folderPictures }: typeof import('../../src/data/folder-pictures.node.js') = await import(
  built('folder-pictures.node.js')
)

const COUNT = 12
const files = Array.from({ length: COUNT }, (_, i) => `${i}.png`)
const grid = { rows: 2, cols: 2 }
const pictures = { first: 0, count: COUNT }
const plan = planEpoch({
  seed: 1,
  epoch: 1,
  pictures,
  grid,
  puzzlesPerBatch: 2,
  piecesPerPuzzle: 4,
  sampling: 'puzzles',
})
const augment = { seed: 1, epoch: 1 }

let folder: string
const open: Loader[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  for (let i = 0; i < COUNT; i++) await writePng(join(folder, files[i]!), wavyImage(60, 40, i))
})

afterAll(() => rm(folder, { recursive: true }))

afterEach(() => Promise.all(open.splice(0).map(loader => loader.close())))

function create(options: Partial<BatchLoaderOptions> = {}): Loader {
  const source = folderPictures({ folder, files })
  const all = { source, workers: 2, ahead: 2, cacheBytes: 1e6, grid, pieceSize: 16, puzzleSize: 32, ...options }
  const loader = BatchLoader.create(all)
  open.push(loader)
  return loader
}

async function collect(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = []
  for await (const batch of batches) all.push(batch)
  return all
}

describe('BatchLoader', () => {
  test('gives the same batches in plan order, whatever the number of workers, over several epochs', async () => {
    const loaders = [0, 1, 2, 3].map(workers => create({ workers, cacheBytes: workers === 1 ? 0 : 1e6 }))
    for (const stream of [augment, { seed: 1, epoch: 2 }, null]) {
      const [wanted, ...others] = await Promise.all(loaders.map(loader => collect(loader.epoch(plan, stream))))
      expect(wanted!.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5])
      for (const batches of others) expect(batches).toEqual(wanted)
    }
  })

  test('goes on in the middle of an epoch', async () => {
    const loader = create()
    const all = await collect(loader.epoch(plan, augment))
    expect(await collect(loader.epoch(plan, augment, 4))).toEqual(all.slice(4))
  })

  test('can be left early and used again', async () => {
    const loader = create()
    for await (const batch of loader.epoch(plan, augment)) if (batch.index === 1) break
    const evaluation = planEvaluation({ pictures, grid, puzzlesPerBatch: 5, piecesPerPuzzle: 4 })
    const batches = await collect(loader.epoch(evaluation, null))
    expect(batches.map(({ pictures }) => [...pictures])).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
      [10, 11],
    ])
  })

  test.each([0, 2])('names a picture that became unreadable once and replaces it (%i workers)', async workers => {
    const broken = [...files]
    broken[3] = 'gone.png'
    broken[4] = 'text.png'
    await writeFile(join(folder, 'text.png'), 'This is not a picture.')
    const reports: { name: string; reason: string }[] = []
    const source = folderPictures({ folder, files: broken })
    const loader = create({ source, workers, onUnreadable: picture => reports.push(picture) })
    for (const epoch of [1, 2]) {
      const batches = await collect(loader.epoch(plan, { seed: 1, epoch }))
      expect(batches.flatMap(({ pictures }) => [...pictures]).sort((a, b) => a - b)).toEqual([
        0, 1, 2, 5, 5, 5, 6, 7, 8, 9, 10, 11,
      ])
    }
    expect(reports.map(({ name }) => name).sort()).toEqual(['gone.png', 'text.png'])
    expect(reports.find(({ name }) => name === 'gone.png')!.reason).toBe('Cannot read gone.png: there is no such file.')
  })

  test.each([0, 2])('fails in one sentence where nothing can be read (%i workers)', async workers => {
    const source = folderPictures({ folder: join(folder, 'gone'), files })
    await expect(collect(create({ source, workers }).epoch(plan, augment))).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringMatching(
        /^None of 12 pictures can be read any more; the first failure: Cannot read [^\n]+\.$/,
      ),
    })
  })

  test.each([0, 2])('refuses to work once it is closed, and ends whoever waits (%i workers)', async workers => {
    const loader = create({ workers })
    const batches = loader.epoch(plan, augment)
    await batches.next()
    const waiting = collect(batches)
    const outcome = waiting.then(
      () => 'done',
      error => error.code,
    )
    await loader.close()
    await loader.close()
    expect(['E_DISPOSED', 'done']).toContain(await outcome)
    await expect(collect(loader.epoch(plan, augment))).rejects.toMatchObject({ code: 'E_DISPOSED' })
  })

  test.each([{ workers: -1 }, { workers: 1.5 }, { ahead: 0 }, { cacheBytes: Number.NaN }, { pieceSize: 0 }])(
    'refuses %o',
    wrong => {
      expect(() => create(wrong)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
    },
  )
})

test('a program that closes its loader in the middle of an epoch ends by itself', () => {
  const program = `
    import { BatchLoader } from '${built('batch-loader.node.js')}'
    import { folderPictures } from '${built('folder-pictures.node.js')}'
    const source = folderPictures(${JSON.stringify({ folder, files })})
    const loader = BatchLoader.create({ source, workers: 2, ahead: 3, cacheBytes: 1e6, grid: { rows: 2, cols: 2 }, pieceSize: 16, puzzleSize: 32 })
    for await (const batch of loader.epoch(${JSON.stringify(plan)}, null)) if (batch.index === 1) break
    await loader.close()
    console.log('closed')`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'closed\n', stderr: '' })
})
