import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RunLock } from '../../../src/training/run/run-lock.node.js'

let run: string
const hold = (pid: number, host = hostname()) =>
  writeFile(join(run, 'train.lock'), JSON.stringify({ pid, host, id: 'other' }))
/** The number of a process that is gone. */
const gone = () => spawnSync(process.execPath, ['-e', '']).pid

beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'piece-locator-'))
})

afterEach(() => rm(run, { recursive: true }))

test('one at a time has a folder', async () => {
  const lock = await RunLock.take(run)
  await expect(RunLock.take(run)).rejects.toMatchObject({
    code: 'E_USAGE',
    message: `Another process trains in ${run}: number ${process.pid}.`,
    hint: expect.stringContaining('train.lock'),
  })
  await lock.release()
  await (await RunLock.take(run)).release()
  expect(await readdir(run)).toEqual([])
})

test('of many that want it at the same time, one gets it', async () => {
  await hold(gone())
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => RunLock.take(run)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await readdir(run)).toEqual(['train.lock'])
})

test('the lock of a process that is gone is taken over, and so is one that says nothing', async () => {
  await hold(gone())
  await (await RunLock.take(run)).release()
  // A container's programs have the same number each time.
  await hold(process.pid)
  await (await RunLock.take(run)).release()
  await writeFile(join(run, 'train.lock'), '{"pid":')
  await (await RunLock.take(run)).release()
})

test('that of a living process, or of another machine, is not', async () => {
  await hold(process.ppid)
  await expect(RunLock.take(run)).rejects.toMatchObject({ code: 'E_USAGE' })
  await hold(gone(), 'elsewhere')
  await expect(RunLock.take(run)).rejects.toMatchObject({
    message: expect.stringMatching(/number \d+ on elsewhere\.$/),
  })
})

test('a lock that another has taken meanwhile is left alone', async () => {
  const lock = await RunLock.take(run)
  await hold(process.ppid)
  await lock.release()
  expect(await readdir(run)).toEqual(['train.lock'])
})
