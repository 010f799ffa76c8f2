import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readCheckpoint, writeCheckpoint } from '../../src/training/checkpoint/checkpoint.node.js'
import { encodeCheckpoint } from '../../src/training/checkpoint/write-checkpoint.js'
import { comparableCheckpoint, randomCheckpoint } from '../support/random-checkpoint.js'

vi.mock('node:fs/promises', async importOriginal => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  return { ...original, open: vi.fn(original.open) }
})

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'))
  path = join(folder, 'last')
})

afterEach(async () => {
  vi.mocked(open).mockClear()
  await chmod(folder, 0o700)
  await rm(folder, { recursive: true })
})

/** The next file that is opened takes half of what is written to it and then reports what a file system may report. */
function failNextWrite(code: string): void {
  const original = vi.mocked(open).getMockImplementation()!
  vi.mocked(open).mockImplementationOnce(async (...given) => {
    const file = await original(...given)
    const writeAll = file.writeFile.bind(file)
    file.writeFile = async data => {
      await writeAll((data as Uint8Array).subarray(0, 50))
      throw Object.assign(new Error(`${code}: no space left on device, write`), { code })
    }
    return file
  })
}

describe('readCheckpoint and writeCheckpoint', () => {
  it('go through a file and leave nothing beside it', async () => {
    await writeCheckpoint(path, randomCheckpoint(1))
    await writeCheckpoint(path, randomCheckpoint(2))
    expect(await readdir(folder)).toEqual(['last'])
    expect(new Uint8Array(await readFile(path))).toEqual(encodeCheckpoint(randomCheckpoint(2)))
    expect(comparableCheckpoint(await readCheckpoint(path))).toEqual(comparableCheckpoint(randomCheckpoint(2)))
  })

  it('keep the previous file where the disk is full', async () => {
    await writeCheckpoint(path, randomCheckpoint(1))
    failNextWrite('ENOSPC')
    await expect(writeCheckpoint(path, randomCheckpoint(2))).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `Expected a place to write to for checkpoint ${path} but received "ENOSPC: no space left on device".`,
    })
    expect(await readdir(folder)).toEqual(['last'])
    expect(comparableCheckpoint(await readCheckpoint(path))).toEqual(comparableCheckpoint(randomCheckpoint(1)))
  })

  it('keep what is there where the name cannot be taken', async () => {
    await mkdir(path)
    await writeFile(join(path, 'note'), 'here')
    await expect(writeCheckpoint(path, randomCheckpoint(1))).rejects.toMatchObject({ code: 'E_INPUT' })
    expect(await readdir(folder)).toEqual(['last'])
    expect(await readFile(join(path, 'note'), 'utf8')).toBe('here')
  })

  it.skipIf(process.getuid?.() === 0)('keep the previous file in a read-only folder (skipped for root)', async () => {
    await writeCheckpoint(path, randomCheckpoint(1))
    await chmod(folder, 0o500)
    await expect(writeCheckpoint(path, randomCheckpoint(2))).rejects.toThrow(
      /last but received "EACCES: permission denied"/,
    )
    expect(comparableCheckpoint(await readCheckpoint(path))).toEqual(comparableCheckpoint(randomCheckpoint(1)))
  })

  it('refuse an invalid checkpoint before touching any file', async () => {
    const invalid = { ...randomCheckpoint(1), properties: new Map([['rate', 0.1]]) }
    await expect(writeCheckpoint(path, invalid)).rejects.toMatchObject({ code: 'E_CHECKPOINT' })
    expect(await readdir(folder)).toEqual([])
  })

  it('name a folder that is missing, a file that is missing, a folder in the place of a file', async () => {
    const missing = join(folder, 'missing', 'last')
    const reason = /missing.last but received "ENOENT: no such file or directory"/
    await expect(writeCheckpoint(missing, randomCheckpoint(1))).rejects.toThrow(reason)
    await expect(readCheckpoint(missing)).rejects.toThrow(reason)
    await expect(readCheckpoint(missing)).rejects.toMatchObject({ code: 'E_INPUT' })
    await expect(readCheckpoint(folder)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `Expected a readable file for checkpoint ${folder} but received "a folder".`,
    })
  })

  it('name a damaged file', async () => {
    const bytes = encodeCheckpoint(randomCheckpoint(3))
    for (const damaged of [new Uint8Array(), bytes.subarray(0, 100), bytes.map(byte => byte ^ 0x55)]) {
      await writeFile(path, damaged)
      await expect(readCheckpoint(path)).rejects.toMatchObject({
        code: 'E_CHECKPOINT',
        message: expect.stringContaining(`for checkpoint ${path} but received`),
      })
    }
  })
})
