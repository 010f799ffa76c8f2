import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
let folder: string

/** Runs a program in the folder into which the package was installed; returns its stdout. */
function run(command: string, args: readonly string[], cwd = folder): string {
  // Keeps onnxruntime-node's install script from downloading CUDA libraries.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' }
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'piece-locator-package-'))
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  ) as [{ filename: string }]
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename)])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the binary of the installed package answers', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  expect(run('npx', ['--no-install', 'piece-locator', '--version']).trim()).toBe(version)
})

test('the installed package generates a puzzle and its shipped model places a piece of it', () => {
  run('npx', ['--no-install', 'piece-locator', 'generate', '--grid', '2x2', '--count', '1', '-o', 'pieces'])
  const manifest = JSON.parse(readFileSync(join(folder, 'pieces', 'manifest.json'), 'utf8'))
  writeFileSync(
    join(folder, 'locate.mjs'),
    `import { PieceLocator } from 'piece-locator'
const { puzzles, pieces } = JSON.parse(process.argv[2])
const locator = await PieceLocator.load()
const puzzle = await locator.preparePuzzle('pieces/' + pieces[0].puzzle)
const { centerNorm, cell } = await puzzle.locate('pieces/' + pieces[0].file)
console.log(JSON.stringify({ centerNorm, cell }))
await locator.dispose()
`,
  )
  const { centerNorm, cell } = JSON.parse(run('node', ['locate.mjs', JSON.stringify(manifest)]))
  expect(centerNorm.x).toBeGreaterThanOrEqual(0)
  expect(centerNorm.x).toBeLessThanOrEqual(1)
  expect([0, 1]).toContain(cell.row)
})

test('TypeScript finds the types of the installed package, and they say what is wrong', () => {
  const compile = (source: string): string => {
    writeFileSync(join(folder, 'consumer.ts'), source)
    const args = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', 'consumer.ts']
    try {
      return run(join(root, 'node_modules', '.bin', 'tsc'), args)
    } catch (error) {
      return String((error as { stdout: string }).stdout)
    }
  }
  const source = `import { PieceLocator, type LocateResult, TrainingSession, buildArtifacts } from 'piece-locator'
const locator: PieceLocator = await PieceLocator.load()
const result: LocateResult = await (await locator.preparePuzzle('puzzle.jpg', { grid: { rows: 2, cols: 2 } })).locate('piece.jpg')
const score: number = result.score
await buildArtifacts({ preset: 'exp9', dropout: 0.1 }, 'artifacts/exp9')
const session = await TrainingSession.load('artifacts/exp9', { seed: 1 })
await session.runOptimizerStep({ backbone: 1e-4, correlation: 1e-3, refinement: 1e-3 })
console.log(score)
`
  expect(compile(source)).toBe('')
  expect(compile(source.replace('const score: number', 'const score: string'))).toContain(
    "Type 'number' is not assignable to type 'string'",
  )
})
