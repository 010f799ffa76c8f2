import { readFile } from 'node:fs/promises'
import { expected } from '../errors.js'
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
  'freezeBackbone',
  'gradualUnfreeze',
  'batchNorm',
  'accum',
  'clipNorm',
  'ema',
] as const

/** Part of a configuration, from a file. */
export type ConfigPart = Readonly<Record<string, unknown>>

/**
 * A preset with a file's changes and the options', which win.
 *
 * @param fallback the preset where neither option nor file names one
 * @throws E_USAGE where there is no such preset; E_CONFIG where a key is unknown, or the values do not fit together
 */
export function trainingConfig(options: ConfigOptions, fallback: string, file: ConfigPart = {}): TrainingConfig {
  const preset = options.preset ?? file.preset ?? fallback
  return parseTrainingConfig({ ...presetNamed(String(preset)), ...file, preset, ...changesOf(options) })
}

/** A configuration with a file's changes and the options'. @throws E_CONFIG */
export function changedConfig(config: TrainingConfig, options: ConfigOptions, file: ConfigPart = {}): TrainingConfig {
  const { preset } = options
  return parseTrainingConfig({ ...config, ...file, ...(preset !== undefined && { preset }), ...changesOf(options) })
}

/** Reads a part of a configuration: a JSON object. @throws E_INPUT where the file cannot be read; E_CONFIG where it is something else */
export async function readConfigFile(path: string | undefined): Promise<ConfigPart> {
  if (path === undefined) return {}
  const text = await readFile(path, 'utf8').catch(cause => {
    throw expected('E_INPUT', 'a file that can be read', '--config', path, { cause })
  })
  const value = parseJson(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw expected(
    'E_CONFIG',
    'a JSON object, like {"epochs": 30},',
    path,
    value === undefined ? 'something else' : value,
  )
}

function changesOf(options: ConfigOptions): ConfigPart {
  return Object.fromEntries(keys.flatMap(key => (options[key] === undefined ? [] : [[key, options[key]]])))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
