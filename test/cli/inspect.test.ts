import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildArtifacts } from '../../src/index.js'
import { writeColorMatcher } from '../support/color-matcher.js'
import { runCommand, writePictures } from '../support/small-training.js'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  await buildArtifacts({ preset: 'exp9', pieceSize: 32, puzzleSize: 64 }, at('artifacts'))
  await writeColorMatcher(at('model'))
})

afterAll(() => rm(folder, { recursive: true }))

async function inspect(...options: string[]) {
  const { code, out, err } = await runCommand('inspect', ...options)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
}

const groups = [
  /^parameters +2,001,891 in 285 tensors$/m,
  /^ +backbone +1,854,016 in 276 tensors, weight decay 0\.0001$/m,
  /^ +correlation +147,713 in 5 tensors, /m,
  /^ +refinement +162 in 4 tensors, /m,
]

describe('piece-locator inspect', () => {
  test("counts a checkpoint's parameters by group", async () => {
    const out = await inspect(at('artifacts', 'checkpoint'))
    for (const line of groups) expect(out).toMatch(line)
    expect(out).toMatch(/^not trained +24,224 in 136 tensors$/m)
    expect(out).toMatch(/^AdamW +0 steps$/m)
    const {
      schemaVersion,
      kind,
      parameters,
      groups: listed,
    } = JSON.parse(await inspect(at('artifacts', 'checkpoint'), '--json'))
    expect({ schemaVersion, kind, parameters }).toEqual({
      schemaVersion: 1,
      kind: 'checkpoint',
      parameters: { tensors: 285, elements: 2_001_891 },
    })
    expect(listed.map(({ name, elements }: { name: string; elements: number }) => [name, elements])).toEqual([
      ['backbone', 1_854_016],
      ['correlation', 147_713],
      ['refinement', 162],
    ])
  })

  test('says what an .onnx file takes, gives and is made of', async () => {
    const out = await inspect(at('model', 'piece_locator.onnx'))
    expect(out.split('\n')[0]).toBe(`${at('model', 'piece_locator.onnx')}: a graph`)
    expect(out).toMatch(/^input +piece: uint8\[P,3,8,8\]$/m)
    expect(out).toMatch(/^output +position: float32\[P,2\]$/m)
    expect(out).toMatch(/^nodes +10$/m)
    expect(out).toMatch(/^ {2}Mul +2$/m)
    const { operators, constants } = JSON.parse(await inspect(at('model', 'piece_locator.onnx'), '--json'))
    expect(operators).toMatchObject({ Mul: 2, Reshape: 2, Softmax: 1 })
    expect(constants).toEqual({ tensors: 5, elements: 1 + 2 + 3 + 1 + 32 })
  })

  test('lists all of a large graph only as JSON', async () => {
    const path = at('artifacts', 'training_model.onnx')
    const out = await inspect(path)
    expect(out).toMatch(/^input +and \d+ more; --json lists them$/m)
    expect(out).toMatch(/^ {2}com\.microsoft\.ConvGrad +105$/m)
    const { inputs, outputs } = JSON.parse(await inspect(path, '--json'))
    // Three pictures and targets, three dropout factors, parameters, running statistics, gradient buffers, the reset flag.
    expect(inputs).toHaveLength(3 + 3 + 285 + 136 + 285 + 1)
    expect(outputs).toHaveLength(3 + 285)
  })

  test('looks at whole folders', async () => {
    const artifacts = await inspect(at('artifacts'))
    expect(artifacts.split('\n').filter(line => /^\w+(_model\.onnx)?$/.test(line))).toEqual([
      'checkpoint',
      'training_model.onnx',
      'eval_model.onnx',
      'optimizer_model.onnx',
    ])
    for (const line of groups) expect(artifacts.replace(/^ {2}/gm, '')).toMatch(line)
    const model = await inspect(at('model'))
    expect(model).toMatch(/^name +color-matcher \(regressor\)$/m)
    expect(model).toMatch(/^input +puzzles of 16x16, pieces of 8x8 pixels$/m)
    expect(model).toMatch(/^test +100\.0% of 4 pieces$/m)
    expect(JSON.parse(await inspect(at('model'), '--json'))).toMatchObject({
      kind: 'model',
      card: { name: 'color-matcher' },
      graphs: { puzzle_encoder: { kind: 'graph', nodes: 2 }, piece_locator: { kind: 'graph', nodes: 10 } },
    })
  })

  test('--nodes prints a graph node by node', async () => {
    const out = await inspect(at('model', 'puzzle_encoder.onnx'), '--nodes')
    expect(out).toMatch(/^graph "graph" \(ai\.onnx 17\)\n/)
    expect(out).toContain('= AveragePool<')
  })
})

test('what cannot be inspected ends with one sentence and the exit code', async () => {
  const graph = await readFile(at('model', 'piece_locator.onnx'))
  await writeFile(at('cut.onnx'), graph.subarray(0, graph.length - 20))
  await writeFile(at('text.onnx'), 'no model')
  const checkpoint = await readFile(at('artifacts', 'checkpoint'))
  await writeFile(at('cut'), checkpoint.subarray(0, 100_000))
  await writeFile(at('text'), 'no checkpoint')
  await writePictures(at('pictures'), 1)
  await writeColorMatcher(at('damaged'))
  await writeFile(at('damaged', 'piece_locator.onnx'), graph.subarray(1))
  const cases: [string[], number, RegExp][] = [
    [[], 2, /Expected a file or folder for inspect but received nothing\./],
    [[at('model'), '--nodes'], 2, /Expected an \.onnx file for --nodes/],
    [[at('cut.onnx'), '--nodes', '--json'], 2, /'--nodes' cannot be used with option '--json'/],
    [[at('missing')], 3, /Cannot read .*missing: there is no such file or folder\./],
    [[at('missing.onnx'), '--nodes'], 3, /missing\.onnx/],
    [[at('pictures')], 3, /pictures holds neither an exported model nor training artifacts\./],
    [[at('cut.onnx')], 5, /cut\.onnx/],
    [[at('text.onnx')], 5, /text\.onnx/],
    [[at('cut')], 5, /checkpoint .*cut/],
    [[at('text')], 5, /checkpoint .*text/],
    [[at('pictures', '0.png')], 5, /checkpoint .*0\.png/],
    [[at('damaged')], 5, /The model is damaged: .*piece_locator\.onnx/],
  ]
  for (const [options, code, message] of cases) {
    const result = await runCommand('inspect', ...options)
    expect({ options, code: result.code, out: result.out }).toEqual({ options, code, out: '' })
    expect(result.err).toMatch(message)
    expect(result.err).toMatch(/^Error: [^\n]+\.\n(Hint: [^\n]+\n)?$/)
  }
})
