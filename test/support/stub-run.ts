import { artifactOptionsOf } from '../../src/training/artifacts/artifact-options.js'
import { createArtifacts } from '../../src/training/artifacts/create-artifacts.js'
import type { Property } from '../../src/training/checkpoint/checkpoint.js'
import type { TrainingConfig } from '../../src/training/config.js'
import type { RunEnvironment } from '../../src/training/run/environment.node.js'
import type { EpochEvent } from '../../src/training/trainer.js'
import { smallConfig } from './small-training.js'

/** What a run tells about its machine, started at a time. */
export function environmentAt(startedAt: string): RunEnvironment {
  return {
    startedAt,
    commandLine: ['train'],
    packageVersion: '0.0.0',
    node: '20.0.0',
    onnxruntimeNode: '1.0.0',
    platform: 'none',
    cpu: 'none',
    cores: 1,
    lowering: 'standard',
    weights: [],
  }
}

/** An epoch of which `accuracy` of 4 validation pieces were placed right; the first one was the best, where this is not. */
export function epochEvent(epoch: number, accuracy: number | null, best: boolean): EpochEvent {
  const val =
    accuracy === null
      ? null
      : {
          n: 4,
          cellAccuracy: accuracy,
          cellAccuracyInterval: [0.1, 0.9] as const,
          mse: 1 / 3,
          meanDistance: 0.2,
          medianDistance: 0.25,
        }
  return {
    type: 'epoch',
    epoch,
    backboneLr: 1e-4,
    headLr: 1e-3,
    trainLoss: 0.1,
    trainAccuracy: 0.5,
    val,
    best,
    bestSoFar: best
      ? { epoch, cellAccuracy: accuracy, mse: accuracy === null ? null : 1 / 3 }
      : { epoch: 1, cellAccuracy: 0.5, mse: 1 / 3 },
    seconds: 2,
    dataMs: 3,
    stepMs: 4,
  }
}

/** A session that has the weights that a configuration starts with. */
export function untrainedSession(config: TrainingConfig = smallConfig) {
  const { checkpoint } = createArtifacts(artifactOptionsOf(config))
  return {
    checkpoint: (properties: ReadonlyMap<string, Property> = new Map()) => ({
      ...checkpoint,
      properties: new Map([...checkpoint.properties, ...properties]),
    }),
  }
}
