import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildArtifacts, readArtifacts, TrainingSession, tensor } from '../../src/index.js'
import { encodeCheckpoint } from '../../src/training/checkpoint/write-checkpoint.js'
import { runCommand } from '../support/small-training.js'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)
const small = ['--piece-size', '32', '--puzzle-size', '64']
const files = ['checkpoint', 'eval_model.onnx', 'optimizer_model.onnx', 'training_model.onnx']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
})

afterAll(() => rm(folder, { recursive: true }))

const different = async (a: string, b: string) => {
  const names: string[] = []
  for (const name of files) {
    if (!(await readFile(at(a, name))).equals(await readFile(at(b, name)))) names.push(name)
  }
  return names
}

describe('piece-locator artifacts', () => {
  test('writes the four files, the same bytes each time, other weights for another seed', async () => {
    for (const [name, seed] of [
      ['first', '1'],
      ['again', '1'],
      ['other', '2'],
    ] as const) {
      const { code, out, err } = await runCommand('artifacts', '-o', at(name), ...small, '--seed', seed)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toMatch(/^.*: training artifacts\nparameters +2,001,891 in 285 tensors\n {2}backbone +1,854,016 /)
      expect((await readdir(at(name))).sort()).toEqual(files)
    }
    expect(await different('first', 'again')).toEqual([])
    expect(await different('first', 'other')).toEqual(['checkpoint'])
  })

  test('replaces artifacts with those of other options', async () => {
    await runCommand('artifacts', '-o', at('changed'), ...small)
    const { code, out } = await runCommand(
      'artifacts',
      '-o',
      at('changed'),
      '--preset',
      'quick',
      '--dropout',
      '0.25',
      ...small,
    )
    expect(code).toBe(0)
    expect(out).toMatch(/weight decay 0\.01\n/)
    expect(out).toMatch(/^dropout +0\.25$/m)
  })

  test('gives what a session loads from the folder and trains', async () => {
    await runCommand('artifacts', '-o', at('loaded'), '--preset', 'quick', ...small)
    const session = await TrainingSession.load(at('loaded'))
    try {
      const filled = (dims: number[], value: number) =>
        tensor('float32', dims, new Float32Array(dims.reduce((a, b) => a * b)).fill(value))
      const feeds = {
        piece: filled([4, 3, 32, 32], 0.5),
        puzzle: filled([1, 3, 64, 64], 0.5),
        target: filled([4, 2], 0.25),
      }
      const { loss, position } = await session.runStep(feeds, 1e-3)
      expect(position!.dims).toEqual([4, 2])
      expect(loss!.data[0]).toBeGreaterThan(0)
      expect(session.steps).toBe(1)
    } finally {
      await session.release()
    }
  })
})

describe('buildArtifacts', () => {
  test('takes a preset and what to change of it', async () => {
    const built = await buildArtifacts({ preset: 'exp9', pieceSize: 32, puzzleSize: 64, dropout: 0.3 }, at('api'))
    expect(built.checkpoint.properties.get('dropout')).toBe('0.3')
    const { checkpoint, evalModel } = await readArtifacts(at('api'))
    expect(Buffer.compare(encodeCheckpoint(checkpoint), encodeCheckpoint(built.checkpoint))).toBe(0)
    expect(evalModel.inputs[0]).toMatchObject({ name: 'piece', shape: ['P', 3, 32, 32] })
  })

  test('refuses what is no option', async () => {
    const options = { preset: 'exp9', depth: 3 } as unknown as { preset: 'exp9' }
    await expect(buildArtifacts(options, at('api'))).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: 'Expected known keys only for the configuration but received "depth".',
    })
  })
})

describe('artifacts that cannot be written', () => {
  test('end with one sentence and the exit code', async () => {
    await writeFile(at('file'), '')
    await buildArtifacts({ preset: 'quick', pieceSize: 32, puzzleSize: 64 }, at('mine'))
    await writeFile(at('mine', 'notes.txt'), 'mine')
    const cases: [string[], number, RegExp][] = [
      [['-o', at('bad'), '--preset', 'exp99'], 2, /Expected one of exp9, .* for --preset but received "exp99"\./],
      [['-o', at('bad'), '--dropout', '1.5'], 2, /Expected a number from 0 to 1 for --dropout but received "1\.5"\./],
      [['-o', at('bad'), '--seed', '-1'], 2, /Expected a whole number from 0 to 2147483647 for --seed/],
      [['-o', at('bad'), '--epochs', '3'], 2, /Unknown option '--epochs'\./],
      [['-o', at('mine')], 2, /Expected a new or empty folder, or training artifacts, .*\nHint: It holds "notes\.txt"/],
      [['-o', at('file', 'out')], 3, /Cannot write .*out: ENOTDIR: not a directory\./],
    ]
    for (const [options, code, message] of cases) {
      const result = await runCommand('artifacts', ...options, ...small)
      expect({ options, code: result.code, out: result.out }).toEqual({ options, code, out: '' })
      expect(result.err).toMatch(message)
      expect(result.err).toMatch(/^Error: [^\n]+\.\n(Hint: [^\n]+\n)?$/)
    }
    expect((await readdir(folder)).filter(name => name === 'bad' || name.includes('.tmp'))).toEqual([])
  })
})
