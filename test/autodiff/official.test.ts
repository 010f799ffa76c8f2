import { describe, expect, it } from 'vitest'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Graph } from '../../src/onnx/graph.js'
import { serializeModel } from '../../src/onnx/serialize.js'
import type { Tensor } from '../../src/tensor.js'
import { encodeCheckpoint } from '../../src/training/checkpoint/write-checkpoint.js'
import { drawFeeds, sizedBackwardGraph } from '../support/grad-check.js'
import { loadOfficialRuntime } from '../support/official-runtime.js'
import { runGraph } from '../support/run-graph.js'
import { operatorsWithRules, specOf } from './specs/index.js'

const official = await loadOfficialRuntime()

/** Dropout's masks are each runtime's own. Functions in float64 are made of standard operators alone. */
const operators = operatorsWithRules.filter(op => op !== 'Dropout' && specOf(op).accuracy !== 'float64')

/** A training model without parameters, which the runtime takes for any graph. */
function trainingModel(graph: Graph): Uint8Array {
  const b = GraphBuilder.from(graph)
  b.input('lazy_reset_grad', 'bool', [1])
  for (const output of graph.outputs) b.output(b.value(output.name))
  return serializeModel(b.build())
}

const noState = { trainable: new Map(), frozen: new Map(), optimizer: null, properties: new Map() }

describe.skipIf(!official)(
  "Microsoft's training runtime runs the gradients as they are (skipped where it is not installed)",
  () => {
    it.each(operators)('%s', async op => {
      const ort = official!
      const spec = specOf(op)
      const graph = sizedBackwardGraph(spec)
      const feeds: Record<string, Tensor> = drawFeeds(spec, graph)
      const session = await ort.TrainingSession.create(
        { checkpointState: encodeCheckpoint(noState), trainModel: trainingModel(graph) },
        { logSeverityLevel: 4 },
      )
      const tensors = session.trainingInputNames.map(name => {
        const { data, dims } = feeds[name]!
        return [name, new ort.Tensor('float32', data as Float32Array, dims)] as const
      })
      const theirs = await session.runTrainStep(Object.fromEntries(tensors))
      const ours = await runGraph(lower(graph, standardTarget), feeds)
      for (const [name, { data, dims }] of Object.entries(ours)) {
        expect([...theirs[name]!.dims]).toEqual([...dims])
        const values = Array.from(data as Float32Array)
        const largest = Math.max(...values.map(Math.abs))
        const difference = Math.max(...values.map((value, i) => Math.abs(value - Number(theirs[name]!.data[i]))))
        expect(difference / largest, name).toBeLessThan(1e-5)
      }
      await session.release()
    })
  },
)
