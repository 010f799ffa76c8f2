import { parseTrainingConfig, type TrainingConfig } from '../config.js'
import { type PresetName, presetNamed } from '../presets.js'
import type { ArtifactOptions } from './create-artifacts.js'

/** A preset's artifacts, some of its numbers changed. */
export interface PresetArtifactOptions
  extends Partial<
    Pick<
      TrainingConfig,
      'pieceSize' | 'puzzleSize' | 'dropout' | 'batchNormMomentum' | 'weightDecay' | 'seed' | 'weights'
    >
  > {
  readonly preset: PresetName
}

/** What decides the artifacts that a training starts from, besides the weights that `config.weights` names. */
export function artifactOptionsOf(config: TrainingConfig): ArtifactOptions {
  const { network, pieceSize, puzzleSize, dropout, batchNormMomentum, weightDecay, seed } = config
  return { network: { network, pieceSize, puzzleSize, dropout, batchNormMomentum }, weightDecay, seed }
}

/**
 * The preset with its changes.
 *
 * @throws E_USAGE where there is no such preset; E_CONFIG where a changed number cannot be meant
 */
export function presetConfig(options: PresetArtifactOptions): TrainingConfig {
  return parseTrainingConfig({ ...presetNamed(options.preset), ...options })
}
