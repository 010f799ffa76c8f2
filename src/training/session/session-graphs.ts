import { type FlatVector, flattenState } from '../../lowering/flat-state.js'
import type { ModelSession } from '../../model-session.js'
import { createModelSession } from '../../model-session.node.js'
import type { Graph } from '../../onnx/graph.js'
import { serializeModel } from '../../onnx/serialize.js'
import { adamWDefaults } from '../../optim/adamw.js'
import { buildFlatAdamW } from '../../optim/flat-adamw.js'
import type { TrainingArtifacts } from '../artifacts/artifacts.js'
import { type FrozenBatchNorm, freezeParameters } from '../artifacts/freeze-parameters.js'
import type { ChosenLowering } from './choose-lowering.js'
import { type BucketState, vectorLength } from './flat-parameters.js'
import { SpecializedGraph } from './specialized-graph.js'

/** What runs the steps of a session while the same parameters are frozen. */
export interface SessionGraphs {
  readonly train: SpecializedGraph
  readonly eval: SpecializedGraph
  readonly optimizer: ModelSession
}

/** How the graphs of a session are made. */
export interface GraphOptions {
  readonly lowering: ChosenLowering
  readonly batchNorm: FrozenBatchNorm
}

/** Loads the graphs that train the buckets which are not frozen. @param statistics the vector of all that is no parameter, if any */
export async function loadGraphs(
  { trainingModel, evalModel }: TrainingArtifacts,
  buckets: readonly BucketState[],
  statistics: FlatVector | null,
  { lowering, batchNorm }: GraphOptions,
): Promise<SessionGraphs> {
  const [trained, frozen] = [false, true].map(kind => buckets.filter(bucket => bucket.frozen === kind))
  const vectors = {
    parameters: trained!.map(bucket => bucket.vector),
    frozen: [...frozen!.map(bucket => bucket.vector), ...(statistics ? [statistics] : [])],
  }
  const names = frozen!.flatMap(bucket => bucket.vector.entries.map(entry => entry.name))
  const specialized = (graph: Graph): SpecializedGraph =>
    new SpecializedGraph(flattenState(graph, vectors), lowering.lower, lowering.createSession)
  const sizes = trained!.map(({ vector }) => ({ name: vector.name, length: vectorLength(vector) }))
  return {
    train: specialized(names.length > 0 ? freezeParameters(trainingModel, names, { batchNorm }) : trainingModel),
    eval: specialized(evalModel),
    optimizer: await createModelSession(serializeModel(buildFlatAdamW(sizes, adamWDefaults)), 'the optimizer'),
  }
}

/** Frees the runtime's memory. */
export async function releaseGraphs(graphs: SessionGraphs): Promise<void> {
  await graphs.train.release()
  await graphs.eval.release()
  await graphs.optimizer.release()
}
