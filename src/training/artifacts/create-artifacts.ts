import { initializeParameters } from '../../nn/initializers.js'
import { buildNetwork, type NetworkConfig } from '../../nn/network.js'
import { adamWDefaults, buildOptimizerModel } from '../../optim/adamw.js'
import { groupParameters } from '../../optim/param-groups.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { loadWeights, type Weights } from '../weights/load-weights.js'
import { originsKey } from '../weights/weights-origin.js'
import { propertyNames, type TrainingArtifacts } from './artifacts.js'
import { buildTrainingModel } from './training-model.js'

/** What decides the four files. */
export interface ArtifactOptions {
  readonly network: NetworkConfig
  /** Decoupled weight decay of every parameter group. */
  readonly weightDecay: number
  /** Seed of the random initial weights. */
  readonly seed: number
  /** Takes the place of random weights, of the extractors' or of all. */
  readonly weights?: Weights | null
}

/**
 * Builds the artifacts of one of this package's networks. Equal options give equal graphs and weights.
 *
 * @throws E_CONFIG where the options cannot be meant; E_MODEL where the weights are not this network's
 */
export function createArtifacts({ network, weightDecay, seed, weights }: ArtifactOptions): TrainingArtifacts {
  const train = buildNetwork(network, 'train')
  const trainable = train.specs.filter(spec => spec.trainable).map(spec => spec.name)
  const loaded = weights ? loadWeights(weights, train.specs) : null
  const parameters = new Map([...initializeParameters(train.specs, seed), ...(loaded?.parameters ?? [])])
  const ofKind = (kind: boolean): [string, NonNullable<ReturnType<typeof parameters.get>>][] =>
    train.specs.filter(spec => spec.trainable === kind).map(spec => [spec.name, parameters.get(spec.name)!])
  const checkpoint: Checkpoint = {
    trainable: new Map(ofKind(true)),
    frozen: new Map(ofKind(false)),
    optimizer: null,
    properties: new Map<string, string>([
      [propertyNames.parameterGroups, JSON.stringify(groupParameters(trainable, weightDecay))],
      [propertyNames.dropout, String(network.dropout)],
      ...(loaded ? [[originsKey, JSON.stringify(loaded.origins)] as const] : []),
    ]),
  }
  return {
    trainingModel: buildTrainingModel(train.graph, trainable),
    evalModel: buildNetwork(network, 'eval').graph,
    optimizerModel: buildOptimizerModel({ ...adamWDefaults, weightDecay }),
    checkpoint,
  }
}
