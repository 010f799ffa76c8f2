import { initializeParameters } from '../../nn/initializers.js'
import { buildNetwork, type NetworkConfig } from '../../nn/network.js'
import { adamWDefaults, buildOptimizerModel } from '../../optim/adamw.js'
import { groupParameters } from '../../optim/param-groups.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { propertyNames, type TrainingArtifacts } from './artifacts.js'
import { buildTrainingModel } from './training-model.js'

/** What decides the four files. */
export interface ArtifactOptions {
  readonly network: NetworkConfig
  /** Decoupled weight decay of every parameter group. */
  readonly weightDecay: number
  /** Seed of the initial weights. */
  readonly seed: number
}

/** Builds the artifacts of one of this package's networks. Equal options give equal graphs and weights. */
export function createArtifacts({ network, weightDecay, seed }: ArtifactOptions): TrainingArtifacts {
  const train = buildNetwork(network, 'train')
  const trainable = train.specs.filter(spec => spec.trainable).map(spec => spec.name)
  const parameters = initializeParameters(train.specs, seed)
  const ofKind = (kind: boolean): [string, NonNullable<ReturnType<typeof parameters.get>>][] =>
    train.specs.filter(spec => spec.trainable === kind).map(spec => [spec.name, parameters.get(spec.name)!])
  const checkpoint: Checkpoint = {
    trainable: new Map(ofKind(true)),
    frozen: new Map(ofKind(false)),
    optimizer: null,
    properties: new Map<string, string>([
      [propertyNames.parameterGroups, JSON.stringify(groupParameters(trainable, weightDecay))],
      [propertyNames.dropout, String(network.dropout)],
    ]),
  }
  return {
    trainingModel: buildTrainingModel(train.graph, trainable),
    evalModel: buildNetwork(network, 'eval').graph,
    optimizerModel: buildOptimizerModel({ ...adamWDefaults, weightDecay }),
    checkpoint,
  }
}
