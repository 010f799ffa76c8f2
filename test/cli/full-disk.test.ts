import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { firstPosition } from '../../src/training/position.js'
import { RunFolder } from '../../src/training/run/run-folder.node.js'
import { smallConfig } from '../support/small-training.js'
import { environmentAt, untrainedSession } from '../support/stub-run.js'

const binary = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** Not a full disk but a limit on the size of files, which the system enforces in the same place: 10 or 20 MB, by the shell. */
test.skipIf(process.platform === 'win32')(
  'a checkpoint that does not fit ends with 3; the last good one is intact',
  async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'piece-locator-'))
    const environment = environmentAt('2026-10-02T12:00:00.000Z')
    const run = await RunFolder.create({ folder: join(cwd, 'run'), config: smallConfig, environment, manifest: null })
    await run.save({ ...firstPosition, step: 1 }, untrainedSession())
    await run.close()
    const last = () => readFile(join(cwd, 'run', 'checkpoints', 'last'))
    const before = await last()

    const train = [binary, 'train', '--resume', 'run', '--save-every', '1', '--workers', '0']
    const limited = ['-c', 'ulimit -f 20000 && exec "$0" "$@"', process.execPath, ...train]
    const { status, stderr } = spawnSync('sh', limited, { cwd, encoding: 'utf8' })
    expect(stderr).toMatch(/^Error: .*checkpoint run\/checkpoints\/last but received "EFBIG: file too large"\.$/m)
    expect(stderr).toMatch(/^Hint: What was saved before is intact\. To go on: piece-locator train --resume run$/m)
    expect(status).toBe(3)
    expect((await last()).equals(before)).toBe(true)
    expect(await readdir(join(cwd, 'run', 'checkpoints'))).toEqual(['last'])
    expect(await readdir(join(cwd, 'run'))).not.toContain('train.lock')
    await rm(cwd, { recursive: true })
  },
)
