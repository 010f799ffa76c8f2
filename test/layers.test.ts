import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findImportCycle, importsOf, importViolations } from './support/import-rules.js'

const root = fileURLToPath(new URL('../src', import.meta.url))

/** All of src by path. */
const sources = new Map(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => path.endsWith('.ts'))
    .sort()
    .map(path => [path, readFileSync(join(root, path), 'utf8')]),
)

describe('the files of src', () => {
  it('are all here', () => {
    expect(sources.size).toBeGreaterThan(150)
    expect(sources.has('onnx/ops/elementwise.ts')).toBe(true)
  })

  it('import only what their layer may', () => {
    expect(importViolations(sources)).toEqual([])
  })

  it('import each other in no circle', () => {
    expect(findImportCycle(sources)).toBeNull()
  })
})

describe('the search for imports', () => {
  it('finds every form of them', () => {
    const source = `
import a from 'a'
import type { B } from 'b'
import {
  c,
  type D,
} from 'c'
import * as e from './e.js'
import 'f'
export { g } from 'g'
export * from 'h'
export type { I } from '../i.js'
const j = await import('j')
type K = import('k').K
`
    expect(importsOf(source)).toEqual(['a', 'b', 'c', './e.js', 'f', 'g', 'h', '../i.js', 'j', 'k'])
  })

  it('finds none in comments and texts', () => {
    const source = `
/** import a from 'a' */
// import b from 'b'
const text = "import c from 'c'"
export const parts = values.map(value => \`taken from 'd'\`)
`
    expect(importsOf(source)).toEqual([])
  })
})

describe('the rules catch what is made up to break them', () => {
  const files = {
    'errors.ts': '',
    'prng.ts': '',
    'onnx/graph.ts': '',
    'autodiff/backward.ts': '',
    'lowering/lower.ts': '',
    'nn/network.ts': '',
    'training/trainer.ts': '',
    'training/session/session.ts': '',
    'image/warp.ts': '',
    'image/decode.node.ts': '',
    'data/split.ts': '',
    'cli/main.ts': '',
    'write-folder.node.ts': '',
  }
  const violations = (file: string, ...specifiers: string[]): string[] =>
    importViolations(
      new Map(Object.entries({ ...files, [file]: specifiers.map(name => `import '${name}'\n`).join('') })),
    )

  it.each([
    ['onnx/dims.ts', '../autodiff/backward.js'],
    ['onnx/dims.ts', '../nn/network.js'],
    ['autodiff/rule.ts', '../lowering/lower.js'],
    ['lowering/target.ts', '../autodiff/backward.js'],
    ['nn/layers.ts', '../training/trainer.js'],
    ['image/resize.ts', '../data/split.js'],
    ['image/resize.ts', './decode.node.js'],
    ['data/cut.ts', '../training/trainer.js'],
    ['training/loop.ts', '../cli/main.js'],
    ['errors.ts', './image/warp.js'],
    ['image/resize.ts', '../write-folder.node.js'],
    ['unheard-of/file.ts', '../onnx/graph.js'],
    ['onnx/dims.ts', './missing.js'],
    ['onnx/dims.ts', 'node:fs'],
    ['data/split.ts', 'node:crypto'],
    ['training/trainer.ts', 'onnxruntime-node'],
    ['image/resize.ts', 'sharp'],
    ['onnx/parse.ts', 'onnx-buf'],
    ['onnx/parse.ts', '@bufbuild/protobuf'],
    ['training/run/tensorboard.ts', '@bufbuild/protobuf'],
    ['nn/initializers.ts', 'pure-rand/generator/xoroshiro128plus'],
    ['data/split.ts', 'zod'],
    ['training/tensor-bytes.ts', 'flatbuffers'],
    ['training/config.ts', 'commander'],
    ['cli/main.ts', 'left-pad'],
  ])('%s may not import %s', (file, specifier) => {
    const found = violations(file, specifier)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`${file} imports ${specifier}: `)
  })

  it.each([
    ['autodiff/rule.ts', '../onnx/graph.js'],
    ['nn/layers.ts', '../errors.js'],
    ['training/loop.ts', '../nn/network.js'],
    ['training/loop.ts', '../data/split.js'],
    ['training/loop.node.ts', 'node:fs'],
    ['training/session/load.ts', 'onnxruntime-node'],
    ['training/run/folder.node.ts', '../../write-folder.node.js'],
    ['image/encode.node.ts', './decode.node.js'],
    ['cli/main.ts', 'node:path'],
    ['cli/main.ts', '../training/trainer.js'],
    ['errors.ts', './prng.js'],
  ])('%s may import %s', (file, specifier) => {
    expect(violations(file, specifier)).toEqual([])
  })

  it('and circles, however long', () => {
    const circle = new Map([
      ['start.ts', "import './a.js'"],
      ['a.ts', "import './b/b.js'"],
      ['b/b.ts', "import type { C } from '../c.js'"],
      ['c.ts', "export * from './a.js'"],
    ])
    expect(findImportCycle(circle)).toEqual(['a.ts', 'b/b.ts', 'c.ts', 'a.ts'])
    expect(findImportCycle(new Map([['self.ts', "import './self.js'"]]))).toEqual(['self.ts', 'self.ts'])
    expect(findImportCycle(new Map([...circle, ['c.ts', '']]))).toBeNull()
  })
})
