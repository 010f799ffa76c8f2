import type * as ort from 'onnxruntime-node'
import { expected } from './errors.js'
import type { ModelSession } from './model-session.js'
import { type DataType, type Tensor, tensor } from './tensor.js'

/** What programs that know their graph set differently from ONNX Runtime's defaults. */
export type RuntimeOptions = Pick<ort.InferenceSession.SessionOptions, 'enableMemPattern' | 'graphOptimizationLevel'>

/**
 * Loads a model into ONNX Runtime's native build, on the processor.
 *
 * @param where the model's file, for errors
 * @throws E_MODEL where ONNX Runtime refuses the bytes, or later the inputs
 */
export async function createModelSession(
  model: Uint8Array,
  where: string,
  options: RuntimeOptions = {},
): Promise<ModelSession> {
  // Imported on first use: the library is 20 MB, and most programs that import this package never need it.
  const runtime = await import('onnxruntime-node')
  // Severity 3 is errors only; the runtime's warnings about graphs mean nothing to users.
  const session = await runtime.InferenceSession.create(model, { ...options, logSeverityLevel: 3 }).catch(cause => {
    throw expected('E_MODEL', 'a model that ONNX Runtime can load', where, firstLine(cause), { cause })
  })
  return {
    async run(feeds) {
      const inputs = Object.entries(feeds).map(([name, { type, data, dims }]) => [
        name,
        new runtime.Tensor(type, data as never, dims),
      ])
      const outputs = await session.run(Object.fromEntries(inputs)).catch(cause => {
        throw expected('E_MODEL', 'a model that takes these inputs', where, firstLine(cause), { cause })
      })
      return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, fromRuntime(value)]))
    },
    release: () => session.release(),
  }
}

function fromRuntime(value: ort.OnnxValue): Tensor {
  const { type, dims, data } = value as ort.Tensor
  return tensor(type as DataType, dims, data as never)
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!
}
