import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readModelFolder, readTrainingPictures } from '../../src/exported-model/model-folder.node.js'
import { colorMatcherCard, writeColorMatcher } from '../support/color-matcher.js'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
})

afterEach(() => rm(folder, { recursive: true }))

describe('writing a model', () => {
  test('makes the folder, leaves nothing beside it, and reads back', async () => {
    const card = await writeColorMatcher(at('models', 'a'), { trainingPictures: ['b'.repeat(64), 'a'.repeat(64)] })
    expect(await readdir(at('models'))).toEqual(['a'])
    const model = await readModelFolder(at('models', 'a'))
    expect(model.card).toEqual(card)
    expect(await readTrainingPictures(model)).toEqual(new Set(['a'.repeat(16), 'b'.repeat(16)]))
  })

  test('keeps how drawn pictures are drawn again', async () => {
    const embedded = { size: 64, train: 8, val: 2, test: 3 }
    const provenance = { ...colorMatcherCard.provenance, embedded }
    await writeColorMatcher(at('a'), { card: { ...colorMatcherCard, provenance } })
    expect((await readModelFolder(at('a'))).card.provenance).toEqual(provenance)
    const impossible = { ...provenance, embedded: { ...embedded, train: 1e12 } }
    await writeColorMatcher(at('a'), { card: { ...colorMatcherCard, provenance: impossible } })
    await expect(readModelFolder(at('a'))).rejects.toMatchObject({
      code: 'E_MODEL',
      message: expect.stringMatching(/^Expected a whole number of 0 to 1000000 for "train" of "embedded" .*\.$/),
    })
  })

  test('replaces a model, the list of pictures included', async () => {
    await writeColorMatcher(at('a'), { trainingPictures: ['b'.repeat(64)] })
    await writeColorMatcher(at('a'), { card: { ...colorMatcherCard, name: 'second' } })
    expect((await readdir(at('a'))).sort()).toEqual(['model.json', 'piece_locator.onnx', 'puzzle_encoder.onnx'])
    expect((await readModelFolder(at('a'))).card.name).toBe('second')
    expect(await readdir(folder)).toEqual(['a'])
  })

  test('never replaces a folder that holds anything else', async () => {
    await writeColorMatcher(at('a'))
    await writeFile(at('a', 'notes.txt'), 'mine')
    await mkdir(at('b'))
    await writeFile(at('b', 'model.json'), '{}')
    for (const name of ['a', 'b']) {
      await expect(writeColorMatcher(at(name))).rejects.toMatchObject({
        code: 'E_USAGE',
        message: `Expected a new or empty folder, or a model, for the output but received "${at(name)}".`,
      })
    }
    expect(await readFile(at('a', 'notes.txt'), 'utf8')).toBe('mine')
    expect(await readdir(folder)).toEqual(['a', 'b'])
  })

  test('fails cleanly where nothing can be written', async () => {
    await writeFile(at('file'), '')
    for (const path of [at('file'), at('file', 'model')]) {
      await expect(writeColorMatcher(path)).rejects.toMatchObject({
        code: 'E_INPUT',
        message: expect.stringMatching(/^Cannot write .*: ENOTDIR: not a directory\.$/),
      })
    }
    expect(await readdir(folder)).toEqual(['file'])
  })
})
