import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expected } from '../../errors.js'
import type { Graph } from '../../onnx/graph.js'
import { parseModel } from '../../onnx/parse.js'
import { serializeModel } from '../../onnx/serialize.js'
import { writeFolder } from '../../write-folder.node.js'
import { readCheckpoint, writeCheckpoint } from '../checkpoint/checkpoint.node.js'
import type { TrainingConfig } from '../config.js'
import type { FetchOptions } from '../weights/imagenet.node.js'
import { readWeights } from '../weights/weights-file.node.js'
import { artifactOptionsOf, type PresetArtifactOptions, presetConfig } from './artifact-options.js'
import { artifactFiles, type TrainingArtifacts } from './artifacts.js'
import { type ArtifactOptions, createArtifacts } from './create-artifacts.js'

/**
 * Builds training artifacts and writes the four files into a folder, which is made where it does not exist.
 *
 * @param options the network and its numbers, or a preset's name and what to change
 * @throws E_USAGE where there is no such preset, or the folder holds something else; E_CONFIG where the options cannot be meant;
 *   E_INPUT where weights cannot be read or the folder cannot be written; E_MODEL, E_CHECKPOINT where weights do not fit
 * @example await buildArtifacts({ preset: 'exp9', weights: 'model.pth', dropout: 0.1 }, 'artifacts/exp9')
 */
export async function buildArtifacts(
  options: ArtifactOptions | PresetArtifactOptions,
  folder: string,
): Promise<TrainingArtifacts> {
  const artifacts = 'preset' in options ? await artifactsOf(presetConfig(options)) : createArtifacts(options)
  await writeArtifacts(artifacts, folder)
  return artifacts
}

/**
 * The artifacts that a training starts from, with the weights that its configuration names.
 *
 * @throws E_CONFIG where the configuration cannot be meant; E_INPUT where weights are missing or cannot be fetched; E_MODEL, E_CHECKPOINT
 *   where they are damaged or another network's
 */
export async function artifactsOf(config: TrainingConfig, options: FetchOptions = {}): Promise<TrainingArtifacts> {
  const weights = config.weights === undefined ? null : await readWeights(config.weights, options)
  return createArtifacts({ ...artifactOptionsOf(config), weights })
}

/**
 * Writes the four files, all or none. Artifacts that are there are replaced.
 *
 * @throws E_USAGE where the folder holds something else; E_INPUT where it cannot be written
 */
export function writeArtifacts(artifacts: TrainingArtifacts, folder: string): Promise<void> {
  const own = { title: 'training artifacts', files: Object.values(artifactFiles) }
  return writeFolder(folder, own, async temporary => {
    for (const part of ['trainingModel', 'evalModel', 'optimizerModel'] as const) {
      await writeFile(join(temporary, artifactFiles[part]), serializeModel(artifacts[part]))
    }
    await writeCheckpoint(join(temporary, artifactFiles.checkpoint), artifacts.checkpoint)
  })
}

/** Reads the four files of a folder. @throws E_INPUT one is missing; E_MODEL or E_CHECKPOINT one is damaged */
export async function readArtifacts(folder: string): Promise<TrainingArtifacts> {
  const [trainingModel, evalModel, optimizerModel] = await Promise.all([
    readGraph(join(folder, artifactFiles.trainingModel)),
    readGraph(join(folder, artifactFiles.evalModel)),
    readGraph(join(folder, artifactFiles.optimizerModel)),
  ])
  return {
    trainingModel,
    evalModel,
    optimizerModel,
    checkpoint: await readCheckpoint(join(folder, artifactFiles.checkpoint)),
  }
}

async function readGraph(path: string): Promise<Graph> {
  const bytes = await readFile(path).catch(cause => {
    throw expected('E_INPUT', 'a readable file', 'training artifacts', path, { cause })
  })
  return parseModel(bytes, path)
}
