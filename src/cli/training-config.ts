import { parseTrainingConfig, type TrainingConfig } from '../training/config.js'
import { presetNamed } from '../training/presets.js'
import type { ConfigOptions } from './training-options.js'

const keys = [
  'epochs',
  'batchSize',
  'backboneLr',
  'headLr',
  'dropout',
  'weightDecay',
  'puzzleSize',
  'pieceSize',
  'grid',
  'seed',
  'weights',
  'sampling',
] as const

/**
 * A preset with the options' changes.
 *
 * @param fallback the preset where no option names one
 * @throws E_USAGE where there is no such preset; E_CONFIG where the numbers do not fit together
 */
export function trainingConfig(options: ConfigOptions, fallback: string): TrainingConfig {
  const changes = Object.fromEntries(keys.flatMap(key => (options[key] === undefined ? [] : [[key, options[key]]])))
  return parseTrainingConfig({ ...presetNamed(options.preset ?? fallback), ...changes })
}
