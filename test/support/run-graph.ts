import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import type { Graph } from '../../src/onnx/graph.js'
import { serializeModel } from '../../src/onnx/serialize.js'
import type { DataType, Tensor } from '../../src/tensor.js'

/** Runs a graph once on stock onnxruntime-node; the fed arrays are handed over as they are. Returns its outputs by name. */
export async function runGraph(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(serializeModel(graph), { logSeverityLevel: 3 })
  try {
    const inputs = Object.entries(feeds).map(([name, { type, data, dims }]) => [name, toOrt(type, data, dims)] as const)
    const results = await session.run(Object.fromEntries(inputs))
    return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, fromOrt(result)]))
  } finally {
    await session.release()
  }
}

function toOrt(type: DataType, data: Tensor['data'], dims: readonly number[]): OrtTensor {
  return new OrtTensor(type, data as Float32Array, dims)
}

function fromOrt({ type, dims, data }: OrtTensor): Tensor {
  return { type: type as DataType, dims, data: data as Tensor['data'] }
}
