import { flatNames } from '../../lowering/flat-state.js'
import type { Graph, Value } from '../../onnx/graph.js'
import { type Tensor, tensor } from '../../tensor.js'
import { artifactNames } from '../artifacts/training-model.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import type { BucketState } from './flat-parameters.js'
import type { Statistics } from './session-state.js'

/** Tensors by input name: `piece` [P,3,s,s] and `puzzle` [Q,3,S,S], 0..1, `target` [P,2]; dropout factors where the caller draws them. */
export type Feeds = Readonly<Record<string, Tensor>>

/** Tensors by output name: `loss` [], `position` [P,2], `attention` [P,h,w]. */
export type Outputs = Readonly<Record<string, Tensor>>

/** The inputs of a graph that its user feeds: what is no part of the checkpoint and none of the runtime's own. */
export function userInputs(graph: Graph, { trainable, frozen }: Checkpoint): readonly Value[] {
  const own = new Set([...trainable.keys(), ...frozen.keys(), artifactNames.resetFlag])
  for (const name of trainable.keys()) own.add(artifactNames.accumulationBuffer(name))
  return graph.inputs.filter(input => !own.has(input.name))
}

/** What a step gives its user: the outputs of the eval graph, which training has too. */
export function userOutputs(outputs: Outputs, evalModel: Graph): Outputs {
  return Object.fromEntries(evalModel.outputs.map(({ name }) => [name, outputs[name]!]))
}

/** Weights and statistics as the flattened graphs take them. */
export function stateFeeds(
  buckets: readonly BucketState[],
  statistics: Statistics | null,
  weightsOf: (bucket: BucketState) => Float32Array,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {}
  for (const bucket of buckets) feeds[flatNames.vector(bucket.vector.name)] = vectorTensor(weightsOf(bucket))
  if (statistics) feeds[flatNames.vector(statistics.vector.name)] = vectorTensor(statistics.data)
  return feeds
}

/** The gradients of `accumulated` train steps, which the next one adds to, or overwrites where there are none. */
export function gradientFeeds(trained: readonly BucketState[], accumulated: number): Record<string, Tensor> {
  const buffers = trained.map(({ vector, gradients }) => [flatNames.accumulation(vector.name), vectorTensor(gradients)])
  const reset = tensor('bool', [1], Uint8Array.of(accumulated > 0 ? 0 : 1))
  return { ...(Object.fromEntries(buffers) as Record<string, Tensor>), [artifactNames.resetFlag]: reset }
}

function vectorTensor(data: Float32Array): Tensor {
  return tensor('float32', [data.length], data)
}
