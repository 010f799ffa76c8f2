import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { epochMoment, runBinary, savedMoment, savingMoment } from '../support/kill-run.js'
import { smallConfig } from '../support/small-training.js'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)
const train = (...args: string[]) => runBinary(['train', ...args], { cwd: folder })
const bytes = (...parts: string[]) => readFile(at(...parts))
/** Times are not the same twice: the last three columns. */
const rows = async (run: string) =>
  (await readFile(at(run, 'metrics.csv'), 'utf8')).split('\n').map(line => line.split(',').slice(0, -3).join(','))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  const { preset, ...config } = smallConfig
  const embedded = { size: 64, train: 10, val: 2, test: 3 }
  await writeFile(at('small.json'), JSON.stringify({ ...config, epochs: 3, dropout: 0.2, embedded }))
})

afterAll(() => rm(folder, { recursive: true }))

describe('a training that is killed again and again', () => {
  const options = ['--config', 'small.json', '--save-every', '2', '--workers', '1']

  beforeAll(async () => {
    expect(await train('-o', 'whole', ...options)).toMatchObject({ status: 0 })
    const start = ['-o', 'killed', ...options]
    const resume = ['--resume', 'killed', '--save-every', '2']
    const kills = [
      // Within the first epoch; as the second one is recorded; while a checkpoint is written; stopped by Ctrl-C.
      { args: start, moment: savedMoment(at('killed'), 1), signal: 'SIGKILL' },
      { args: resume, moment: epochMoment(at('killed')), signal: 'SIGKILL' },
      { args: resume, moment: savingMoment(at('killed')), signal: 'SIGKILL' },
    ] as const
    for (const { args, ...kill } of kills) {
      expect(await runBinary(['train', ...args], { cwd: folder, ...kill })).toMatchObject({ signal: 'SIGKILL' })
    }
    const stopped = await runBinary(['train', ...resume], {
      cwd: folder,
      moment: savedMoment(at('killed'), 1),
      signal: 'SIGINT',
    })
    expect(stopped.status).toBe(130)
    expect(stopped.stderr).toMatch(
      /^Interrupted: saved after step \d+\. To go on: piece-locator train --resume killed$/m,
    )
    await cp(at('killed'), at('copy'), { recursive: true })
    const last = await train(...resume)
    expect(last.status).toBe(0)
    expect(last.stderr).toMatch(/^Run {7}killed, goes on after epoch \d/m)
  }, 600_000)

  test('has the checkpoints of an uninterrupted one, byte for byte', async () => {
    expect((await bytes('killed', 'checkpoints', 'last')).equals(await bytes('whole', 'checkpoints', 'last'))).toBe(
      true,
    )
    expect((await bytes('killed', 'checkpoints', 'best')).equals(await bytes('whole', 'checkpoints', 'best'))).toBe(
      true,
    )
    expect(
      (await bytes('killed', 'model', 'piece_locator.onnx')).equals(
        await bytes('whole', 'model', 'piece_locator.onnx'),
      ),
    ).toBe(true)
  })

  test('has its metrics, every row once', async () => {
    expect(await rows('killed')).toEqual(await rows('whole'))
    expect(await rows('killed')).toHaveLength(1 + 3 + 1)
  })

  test('leaves no lock and no temporary file', async () => {
    expect(existsSync(at('killed', 'train.lock'))).toBe(false)
    expect(await readdir(at('killed', 'checkpoints'))).toEqual(['best', 'last'])
  })

  test('says that there is nothing left to do', async () => {
    expect(await train('--resume', 'killed')).toMatchObject({
      status: 0,
      stdout: 'killed is finished: 3 epochs, tested and exported.\n',
      stderr: '',
    })
  })

  test('is not gone on with where options or its configuration are others', async () => {
    const flags = await train('--resume', 'copy', '--epochs', '5', '--seed', '9')
    expect(flags.status).toBe(2)
    expect(flags.stderr).toMatch(/^Error: The run copy began with epochs 3, not 5; seed 1, not 9\.\nHint: /)
    const config = JSON.parse(await readFile(at('copy', 'config.json'), 'utf8'))
    await writeFile(at('copy', 'config.json'), JSON.stringify({ ...config, headLr: 0.5 }))
    const edited = await train('--resume', 'copy')
    expect(edited.status).toBe(2)
    expect(edited.stderr).toMatch(/Expected 0\.001, which .*, for "headLr" of .* but received 0\.5\.\nHint: /)
  })
})
