import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A tensor of the official runtime. */
export interface OfficialTensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array
}

/**
 * The official runtime's training session.
 *
 * Feeds are bound by the object's key order, not by name: list them in the order of `trainingInputNames`. After an
 * exception that is a bare number the whole process is of no further use (a following call may never return).
 */
export interface OfficialTrainingSession {
  readonly trainingInputNames: readonly string[]
  readonly trainingOutputNames: readonly string[]
  readonly evalInputNames: readonly string[]
  readonly evalOutputNames: readonly string[]
  runTrainStep(feeds: Record<string, OfficialTensor>): Promise<Record<string, OfficialTensor>>
  runEvalStep(feeds: Record<string, OfficialTensor>): Promise<Record<string, OfficialTensor>>
  runOptimizerStep(): Promise<void>
  lazyResetGrad(): Promise<void>
  getParametersSize(trainableOnly: boolean): Promise<number>
  /** All float32 parameters in one vector, in the order of the training graph's inputs. */
  getContiguousParameters(trainableOnly: boolean): Promise<OfficialTensor & { readonly data: Float32Array }>
  /** The counterpart of {@link getContiguousParameters}: the vector as bytes. */
  loadParametersBuffer(bytes: Uint8Array, trainableOnly: boolean): Promise<void>
  release(): Promise<void>
}

export interface OfficialArtifacts {
  readonly checkpointState: Uint8Array
  readonly trainModel: Uint8Array
  readonly evalModel?: Uint8Array
  readonly optimizerModel?: Uint8Array
}

/** Microsoft's training runtime: the last release of onnxruntime-web that has one (1.19.2), WebAssembly, one thread. */
export interface OfficialOrt {
  readonly TrainingSession: {
    create(artifacts: OfficialArtifacts, options?: object): Promise<OfficialTrainingSession>
  }
  readonly Tensor: new (
    type: string,
    data: Float32Array | BigInt64Array | Int32Array | Uint8Array,
    dims: readonly number[],
  ) => OfficialTensor
  /** What the runtime threw, in words: its C++ exceptions arrive as the number of an address. */
  explain(error: unknown): string
}

interface OfficialModule extends Omit<OfficialOrt, 'explain'> {
  readonly env: { readonly wasm: { numThreads: number; wasmBinary: ArrayBuffer }; logLevel: string }
}

/** Microsoft's training runtime, or null where the package is not installed. Skip the test then, with a message. */
export function loadOfficialRuntime(): Promise<OfficialOrt | null> {
  loading ??= load()
  return loading
}

/** Loaded once: it has one memory. */
let loading: Promise<OfficialOrt | null> | undefined

async function load(): Promise<OfficialOrt | null> {
  const folder = packageFolder()
  if (folder === null) return null
  const memory = captureMemory()
  // The package's exports hide the training build from Node, hence the path.
  const module: OfficialModule = await import(pathToFileURL(join(folder, 'ort.training.wasm.min.mjs')).href)
  const { env, TrainingSession, Tensor } = module
  env.wasm.numThreads = 1
  env.wasm.wasmBinary = new Uint8Array(readFileSync(join(folder, 'ort-training-wasm-simd-threaded.wasm'))).buffer
  return { TrainingSession, Tensor, explain: error => explain(error, memory()) }
}

function packageFolder(): string | null {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
    return existsSync(join(folder, 'ort.training.wasm.min.mjs')) ? folder : null
  } catch {
    return null
  }
}

interface WasmMemory {
  readonly buffer: ArrayBuffer
}

/** Node has it, but its types come with the DOM's only. */
const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: new (descriptor: object) => WasmMemory } }

/** Watches for the runtime's memory, which it keeps to itself and which holds its exceptions' texts. */
function captureMemory(): () => WasmMemory | null {
  let captured: WasmMemory | null = null
  WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(descriptor: object) {
      super(descriptor)
      captured = this
    }
  }
  return () => captured
}

function explain(error: unknown, memory: WasmMemory | null): string {
  if (typeof error !== 'number' || memory === null) return error instanceof Error ? error.message : String(error)
  const bytes = new Uint8Array(memory.buffer)
  const words = new Uint32Array(memory.buffer)
  const texts = new Set<string>()
  // The exception's members: libc++ strings (address, length) and a plain C string in the second word.
  for (let word = error >> 2; word < (error >> 2) + 40; word++) {
    const text = printable(bytes, words[word]!, words[word + 1]!)
    if (text !== null) texts.add(text)
  }
  const cString = words[(error >> 2) + 1]!
  const text = printable(bytes, cString, bytes.indexOf(0, cString) - cString)
  if (text !== null) texts.add(text)
  return `C++ exception ${error}: ${texts.size > 0 ? [...texts].join(' | ') : 'no text found'}`
}

function printable(bytes: Uint8Array, start: number, length: number): string | null {
  if (start < 1024 || length < 4 || length > 4000 || start + length > bytes.length) return null
  const text = new TextDecoder().decode(bytes.slice(start, start + length))
  return /^[\t\n\r -~]+$/.test(text) ? text : null
}
