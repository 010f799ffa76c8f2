import type { Graph } from '../onnx/graph.js'
import { specialize } from '../onnx/rewrite.js'
import { elementCount } from '../tensor.js'
import type { TrainingArtifacts } from './artifacts/artifacts.js'
import { batchSizes, type TrainingConfig } from './config.js'

/** Bytes that a training needs, roughly; ONNX Runtime's own memory and Node's come on top. */
export interface MemoryEstimate {
  /** Weights, gradients and AdamW's averages, each as it goes into a step and as it comes out. */
  readonly state: number
  /** The most that a step's intermediate results take at one time. */
  readonly step: number
  /** One batch. */
  readonly batch: number
}

const FLOAT_BYTES = 4
/** Weights, gradients, two averages. */
const STATE_VECTORS = 4

/** Estimates a training's memory from its graphs. */
export function estimateMemory(
  config: TrainingConfig,
  { trainingModel, checkpoint }: Pick<TrainingArtifacts, 'trainingModel' | 'checkpoint'>,
): MemoryEstimate {
  const { puzzlesPerBatch } = batchSizes(config)
  const puzzles = config.sampling === 'puzzles' ? puzzlesPerBatch : config.batchSize
  const parameters = [...checkpoint.trainable.values()].reduce((sum, { dims }) => sum + elementCount(dims), 0)
  return {
    state: 2 * STATE_VECTORS * FLOAT_BYTES * parameters,
    step: peakBytes(specialize(trainingModel, { P: config.batchSize, Q: puzzles })),
    batch: FLOAT_BYTES * 3 * (config.batchSize * config.pieceSize ** 2 + puzzles * config.puzzleSize ** 2),
  }
}

/** The most bytes that results of nodes take at one time, each from where it is computed to where it is read last. */
function peakBytes(graph: Graph): number {
  const lastReader = new Map<string, number>()
  graph.nodes.forEach((node, i) => {
    for (const name of node.inputs) lastReader.set(name, i)
  })
  for (const { name } of graph.outputs) lastReader.set(name, graph.nodes.length)
  const ending = new Map<number, string[]>()
  let [held, peak] = [0, 0]
  graph.nodes.forEach(({ outputs }, i) => {
    for (const name of outputs) {
      held += bytesOf(graph, name)
      const end = lastReader.get(name) ?? i
      ending.set(end, [...(ending.get(end) ?? []), name])
    }
    peak = Math.max(peak, held)
    for (const name of ending.get(i) ?? []) held -= bytesOf(graph, name)
  })
  return peak
}

/** Of a value whose shape is numbers only; no other kind of number is large here. */
function bytesOf(graph: Graph, name: string): number {
  const shape = graph.values.get(name)?.shape ?? []
  return FLOAT_BYTES * shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 0), 1)
}
