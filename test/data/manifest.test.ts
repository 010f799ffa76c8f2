import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { preparePictures, readManifest } from '../../src/data/manifest.node.js'
import { writePng } from '../../src/image/encode.node.js'
import { pngClaiming, toSharp } from '../support/picture-files.js'
import { wavyImage } from '../support/test-pattern.js'

let root: string
const at = (...parts: string[]) => join(root, ...parts)

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'piece-locator-'))
})

afterEach(() => rm(root, { recursive: true }))

async function picture(name: string, number: number): Promise<string> {
  const path = at('pictures', name)
  await mkdir(dirname(path), { recursive: true })
  await writePng(path, wavyImage(24, 16, number))
  return path
}

async function pictures(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await picture(`${i}.png`, i)
}

const prepare = (options: Parameters<typeof preparePictures>[1] = {}) => preparePictures(at('pictures'), options)

/** How many files a call read. */
async function filesRead(options: Parameters<typeof preparePictures>[1]): Promise<number> {
  let read = 0
  await prepare({ ...options, onProgress: done => (read = done) })
  return read
}

describe('preparePictures', () => {
  test('finds pictures in subfolders by their endings, whatever the case, and passes over the rest', async () => {
    await picture('a.PNG', 1)
    await picture('deep/er/b.png', 2)
    await toSharp(wavyImage(24, 16, 3))
      .jpeg()
      .toFile(at('pictures', 'c.JPeG'))
    await toSharp(wavyImage(24, 16, 4))
      .tiff()
      .toFile(at('pictures', 'd.tif'))
    await picture('.hidden.png', 5)
    await picture('.hidden/e.png', 6)
    await writeFile(at('pictures', 'notes.txt'), 'no picture')
    await symlink(await picture('../elsewhere.png', 7), at('pictures', 'link.png'))
    const { pictures } = await prepare()
    expect(pictures.map(({ name }) => name).sort()).toEqual(['a.PNG', 'c.JPeG', 'd.tif', 'deep/er/b.png', 'link.png'])
  })

  test('orders pictures by SHA-256 and splits them: test, val, train', async () => {
    await pictures(10)
    const manifest = await prepare()
    const hashes = manifest.pictures.map(({ sha256 }) => sha256)
    expect(hashes).toEqual([...hashes].sort())
    expect(manifest.split).toEqual({ test: 2, val: 1, train: 7 })
    expect(manifest.pictures.map(({ split }) => split)).toEqual(['test', 'test', 'val', ...Array(7).fill('train')])
  })

  test('counts byte-identical copies once', async () => {
    await pictures(4)
    await copyFile(at('pictures', '2.png'), at('pictures', '9-copy.png'))
    const { pictures: distinct, duplicates } = await prepare()
    expect(distinct).toHaveLength(4)
    expect(duplicates).toMatchObject([{ name: '9-copy.png', sameAs: '2.png' }])
  })

  test('names what is damaged and leaves it out', async () => {
    await pictures(3)
    const whole = await toSharp(wavyImage(200, 150)).jpeg().toBuffer()
    await writeFile(at('pictures', 'cut.jpg'), whole.subarray(0, whole.length * 0.7))
    await writeFile(at('pictures', 'text.jpg'), 'This is not a picture.')
    await writeFile(at('pictures', 'huge.png'), pngClaiming(40000, 40000))
    await writePng(at('pictures', 'dot.png'), wavyImage(1, 1))
    await symlink(at('nowhere'), at('pictures', 'dangling.png'))
    const manifest = await prepare()
    expect(manifest.pictures).toHaveLength(3)
    const names = ['cut.jpg', 'dangling.png', 'dot.png', 'huge.png', 'text.jpg']
    expect(manifest.unusable.map(({ name }) => name).sort()).toEqual(names)
    for (const { name, reason } of manifest.unusable) {
      expect(reason).toContain(name)
      expect(reason).toMatch(/^[^\n]+\.$/)
    }
  })

  test('keeps the manifest where it is told and nothing among the pictures', async () => {
    await pictures(4)
    const before = await readdir(at('pictures'))
    const manifest = await prepare({ file: at('run', 'pictures.json') })
    expect(await readManifest(at('run', 'pictures.json'))).toEqual(manifest)
    expect(await readdir(at('run'))).toEqual(['pictures.json'])
    expect(await readdir(at('pictures'))).toEqual(before)
  })
})

describe('a kept manifest', () => {
  const kept = () => ({ file: at('pictures.json') })

  test('is reused while names, sizes and times are the same, also for what is unusable', async () => {
    await pictures(4)
    await copyFile(at('pictures', '1.png'), at('pictures', 'copy.png'))
    await writeFile(at('pictures', 'text.jpg'), 'This is not a picture.')
    const first = await prepare(kept())
    expect(await filesRead(kept())).toBe(0)
    expect(await prepare(kept())).toEqual(first)
  })

  test('is renewed for what was changed, added, renamed or removed', async () => {
    await pictures(5)
    const first = await prepare(kept())
    const { mtime } = await stat(at('pictures', '0.png'))
    await picture('0.png', 50)
    await utimes(at('pictures', '0.png'), mtime, new Date(mtime.getTime() + 5000))
    await picture('new.png', 51)
    await copyFile(at('pictures', '1.png'), at('pictures', 'renamed.png'))
    await rm(at('pictures', '1.png'))
    await rm(at('pictures', '2.png'))
    expect(await filesRead(kept())).toBe(3)
    const second = await readManifest(at('pictures.json'))
    expect(second.pictures.map(({ name }) => name).sort()).toEqual([
      '0.png',
      '3.png',
      '4.png',
      'new.png',
      'renamed.png',
    ])
    const hash = (manifest: typeof first, name: string) => manifest.pictures.find(p => p.name === name)!.sha256
    expect(hash(second, '0.png')).not.toBe(hash(first, '0.png'))
    expect(hash(second, 'renamed.png')).toBe(hash(first, '1.png'))
  })

  test('that is damaged is made anew', async () => {
    await pictures(3)
    const manifest = await prepare(kept())
    await writeFile(at('pictures.json'), (await readFile(at('pictures.json'), 'utf8')).slice(0, 100))
    await expect(readManifest(at('pictures.json'))).rejects.toMatchObject({ code: 'E_INPUT' })
    expect(await prepare(kept())).toEqual(manifest)
  })
})

describe('preparePictures refuses', () => {
  test.each([
    ['a missing folder', async () => {}, 'there is no such file or folder'],
    ['a file', () => writeFile(at('pictures'), 'text'), 'it is not a folder'],
    ['an empty folder', () => mkdir(at('pictures')), 'There are no pictures in the folder'],
    ['too few pictures', () => pictures(2), 'Too few usable pictures'],
  ])('%s', async (_, arrange, words) => {
    await arrange()
    await expect(prepare()).rejects.toMatchObject({ code: 'E_INPUT', message: expect.stringContaining(words) })
    await expect(prepare()).rejects.toMatchObject({ message: expect.stringMatching(/^[^\n]+\.$/) })
  })

  test('fewer than were asked for, saying how many and why', async () => {
    await pictures(4)
    await copyFile(at('pictures', '0.png'), at('pictures', 'copy.png'))
    await writeFile(at('pictures', 'text.jpg'), 'This is not a picture.')
    await expect(prepare({ atLeast: 5 })).rejects.toMatchObject({
      message: `Too few usable pictures in the folder ${at('pictures')}: 4, where 5 are needed (left out: 1 unusable, 1 identical to another).`,
      hint: 'Left out, for example: text.jpg is not a picture that can be read.',
    })
  })

  test.skipIf(process.getuid?.() === 0)('a folder without permission', async () => {
    await mkdir(at('pictures'))
    await chmod(at('pictures'), 0)
    await expect(prepare()).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining('permission denied'),
    })
  })
})
