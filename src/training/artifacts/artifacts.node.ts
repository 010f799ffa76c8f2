import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expected, LocatorError } from '../../errors.js'
import type { Graph } from '../../onnx/graph.js'
import { parseModel } from '../../onnx/parse.js'
import { serializeModel } from '../../onnx/serialize.js'
import { readCheckpoint, writeCheckpoint } from '../checkpoint/checkpoint.node.js'
import { writeFileAtomically } from '../checkpoint/write-file-atomically.node.js'
import { artifactFiles, type TrainingArtifacts } from './artifacts.js'
import { type ArtifactOptions, createArtifacts } from './create-artifacts.js'

/**
 * Builds training artifacts and writes the four files into a folder, which is made where it does not exist.
 *
 * @throws E_CONFIG where the options cannot be meant; E_INPUT where the folder cannot be written
 */
export async function buildArtifacts(options: ArtifactOptions, folder: string): Promise<TrainingArtifacts> {
  const artifacts = createArtifacts(options)
  await writeArtifacts(artifacts, folder)
  return artifacts
}

/** Writes the four files. @throws E_INPUT where the folder cannot be written */
export async function writeArtifacts(artifacts: TrainingArtifacts, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    for (const part of ['trainingModel', 'evalModel', 'optimizerModel'] as const) {
      await writeFileAtomically(join(folder, artifactFiles[part]), serializeModel(artifacts[part]))
    }
  } catch (cause) {
    if (cause instanceof LocatorError) throw cause
    throw expected('E_INPUT', 'a folder to write to', 'training artifacts', folder, { cause })
  }
  await writeCheckpoint(join(folder, artifactFiles.checkpoint), artifacts.checkpoint)
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
