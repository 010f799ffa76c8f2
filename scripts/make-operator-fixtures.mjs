/**
 * Runs every operator case on Microsoft's training runtime (onnxruntime-web 1.19.2) and stores the outputs as
 * test/fixtures/operators/<operator>.json. Done once by hand; again when a case is added or changed.
 *
 *     node scripts/make-operator-fixtures.mjs
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runnerImport } from 'vite'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const fromSource = async path => (await runnerImport(join(root, path))).module

const { operatorCases, buildCase } = await fromSource('test/support/operator-cases.ts')
const { serializeModel } = await fromSource('src/onnx/serialize.ts')

const web = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
const { env, InferenceSession, Tensor } = await import(pathToFileURL(join(web, 'ort.training.wasm.min.mjs')).href)
env.wasm.numThreads = 1
env.wasm.wasmBinary = new Uint8Array(readFileSync(join(web, 'ort-training-wasm-simd-threaded.wasm'))).buffer

const fixtures = new Map()
for (const operatorCase of operatorCases) {
  const { op, name } = operatorCase
  try {
    fixtures.set(op, { ...fixtures.get(op), [name]: await runOfficial(operatorCase) })
  } catch (error) {
    console.error(`${op} ${name}: ${error?.message ?? error}`)
    process.exitCode = 1
  }
}

const folder = join(root, 'test/fixtures/operators')
mkdirSync(folder, { recursive: true })
for (const [op, cases] of fixtures) writeFileSync(join(folder, `${op}.json`), `${JSON.stringify(cases, null, 1)}\n`)

/** Each output's name, shape and float32 bytes in base64. */
async function runOfficial(operatorCase) {
  const { graph, feeds } = buildCase(operatorCase)
  const session = await InferenceSession.create(serializeModel(graph), { logSeverityLevel: 4 })
  const inputs = Object.entries(feeds).map(([key, { type, data, dims }]) => [key, new Tensor(type, data.slice(), dims)])
  const results = await session.run(Object.fromEntries(inputs))
  await session.release()
  return Object.fromEntries(Object.entries(results).map(([key, { dims, data }]) => [key, { dims, data: base64(data) }]))
}

function base64(data) {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
}
