import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeColorMatcher } from '../support/color-matcher.js'
import { writeQuarters } from '../support/color-quarters.js'

const binary = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const oneSentence = /^Error: [^\n]+\.\n(Hint: [^\n]+\n)?$/

let folder: string
let pictures: Awaited<ReturnType<typeof writeQuarters>>
const at = (...parts: string[]) => join(folder, ...parts)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  pictures = await writeQuarters(folder)
  await writeColorMatcher(at('model'))
})

afterAll(() => rm(folder, { recursive: true }))

function piece(args: string[], env: Record<string, string> = {}) {
  const { FORCE_COLOR, NO_COLOR, ...rest } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...args], {
    encoding: 'utf8',
    env: { ...rest, ...env },
  })
  return { status, stdout, stderr }
}

const locate = (model: string, ...args: string[]) =>
  piece(['locate', '--model', model, '--puzzle', pictures.puzzle, '--piece', pictures.pieces[1]!, ...args])

describe('the binary', () => {
  test('prints results on stdout, without colors into a pipe', () => {
    const { status, stdout, stderr } = locate(at('model'))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^[^\n]*piece-1\.png: row 1 of 2, column 2 of 2 \(right, top\), [^\n]* sure\n$/)
    expect(stdout).not.toContain('\u001b')
  })

  test('prints JSON that a pipe can read', () => {
    const { status, stdout, stderr } = locate(at('model'), '--json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout).results).toHaveLength(1)
  })

  test('obeys FORCE_COLOR and NO_COLOR', () => {
    expect(piece(['--help'], { FORCE_COLOR: '1' }).stdout).toContain('\u001b[')
    expect(piece(['--help'], { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout).not.toContain('\u001b[')
  })

  test('tells errors on stderr', () => {
    const { status, stdout, stderr } = piece(['locat'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe("Error: Unknown command 'locat'.\nHint: Did you mean locate?\n")
  })

  test('ends with 3 where a picture or the model is missing', () => {
    for (const args of [
      ['locate', '--model', at('model'), '--puzzle', at('nix.jpg'), '--piece', pictures.pieces[0]!],
      ['locate', '--model', at('nix'), '--puzzle', pictures.puzzle, '--piece', pictures.pieces[0]!],
    ]) {
      const { status, stdout, stderr } = piece(args)
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
      expect(stderr).toMatch(oneSentence)
    }
  })

  test('ends with 5 where the model is damaged', async () => {
    await writeColorMatcher(at('flipped'))
    const graph = await readFile(at('flipped', 'puzzle_encoder.onnx'))
    graph[20]! ^= 4
    await writeFile(at('flipped', 'puzzle_encoder.onnx'), graph)
    await writeColorMatcher(at('no-card'))
    await rm(at('no-card', 'model.json'))
    await writeColorMatcher(at('wrong-card'))
    await writeFile(at('wrong-card', 'model.json'), '{"formatVersion": 1}')
    await writeColorMatcher(at('no-json'))
    await writeFile(at('no-json', 'model.json'), 'formatVersion: 1')
    await writeColorMatcher(at('nonsense'), { graphs: { puzzle_encoder: graph, piece_locator: graph.subarray(9) } })
    for (const model of ['flipped', 'no-card', 'wrong-card', 'no-json', 'nonsense']) {
      const { status, stdout, stderr } = locate(at(model))
      expect({ model, status, stdout }).toEqual({ model, status: 5, stdout: '' })
      expect(stderr).toMatch(oneSentence)
    }
  })

  test('shows the stack with --debug only', () => {
    expect(locate(at('nix'), '--debug').stderr).toMatch(/\n {4}at /)
    expect(locate(at('nix')).stderr).not.toMatch(/\n {4}at /)
  })

  test('ends quietly when nobody reads on', () => {
    const command = `"${process.execPath}" "${binary}" --help | head -n 1`
    const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({ stdout: 'Examples:\n', stderr: '' })
  })
})
