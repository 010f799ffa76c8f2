import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expected, LocatorError } from '../../errors.js'
import { type ModelCard, type ModelGraph, modelGraphs } from '../../exported-model/model-card.js'
import { readModelFolder } from '../../exported-model/model-folder.node.js'
import type { Graph } from '../../onnx/graph.js'
import { parseModel } from '../../onnx/parse.js'
import { artifactFiles } from '../../training/artifacts/artifacts.js'
import { readArtifacts } from '../../training/artifacts/artifacts.node.js'
import { readCheckpoint } from '../../training/checkpoint/checkpoint.node.js'
import { type CheckpointReport, reportCheckpoint } from './checkpoint-report.js'
import { type GraphReport, reportGraph } from './graph-report.js'

/** What was found at a path. */
export type Report = GraphReport | CheckpointReport | ArtifactsReport | ModelReport

/** The four files of a folder of training artifacts. */
export interface ArtifactsReport {
  readonly kind: 'artifacts'
  readonly checkpoint: CheckpointReport
  readonly trainingModel: GraphReport
  readonly evalModel: GraphReport
  readonly optimizerModel: GraphReport
}

/** An exported model's folder. */
export interface ModelReport {
  readonly kind: 'model'
  readonly card: ModelCard
  readonly graphs: Readonly<Record<ModelGraph, GraphReport>>
}

/**
 * Looks at a file or folder of this program: an `.onnx` file, a checkpoint, training artifacts, an exported model.
 *
 * @throws E_INPUT where there is nothing, or nothing of ours; E_MODEL, E_CHECKPOINT, E_OP_UNSUPPORTED where it cannot be read
 */
export async function inspectPath(path: string): Promise<Report> {
  const found = await stat(path).catch(cause => {
    throw new LocatorError('E_INPUT', `Cannot read ${path}: there is no such file or folder.`, { cause })
  })
  if (found.isDirectory()) return inspectFolder(path)
  if (path.endsWith('.onnx')) return reportGraph(await readGraph(path))
  return reportCheckpoint(await readCheckpoint(path))
}

/** Reads an `.onnx` file. @throws E_INPUT, E_MODEL, E_OP_UNSUPPORTED */
export async function readGraph(path: string): Promise<Graph> {
  const bytes = await readFile(path).catch(cause => {
    throw expected('E_INPUT', 'a readable .onnx file', 'inspect', path, { cause })
  })
  return parseModel(bytes, path)
}

async function inspectFolder(path: string): Promise<ArtifactsReport | ModelReport> {
  const present = await readdir(path)
  if (present.includes('model.json')) return inspectModel(path)
  if (present.includes(artifactFiles.trainingModel)) return inspectArtifacts(path)
  throw new LocatorError('E_INPUT', `${path} holds neither an exported model nor training artifacts.`, {
    hint: "Of a run's folder, name the checkpoint or the model within it.",
  })
}

async function inspectArtifacts(path: string): Promise<ArtifactsReport> {
  const { checkpoint, trainingModel, evalModel, optimizerModel } = await readArtifacts(path)
  return {
    kind: 'artifacts',
    checkpoint: reportCheckpoint(checkpoint),
    trainingModel: reportGraph(trainingModel),
    evalModel: reportGraph(evalModel),
    optimizerModel: reportGraph(optimizerModel),
  }
}

async function inspectModel(path: string): Promise<ModelReport> {
  const { card, graphs } = await readModelFolder(path)
  const report = (graph: ModelGraph) => reportGraph(parseModel(graphs[graph], join(path, card.files[graph].path)))
  const [puzzleEncoder, pieceLocator] = modelGraphs.map(report) as [GraphReport, GraphReport]
  return { kind: 'model', card, graphs: { puzzle_encoder: puzzleEncoder, piece_locator: pieceLocator } }
}
