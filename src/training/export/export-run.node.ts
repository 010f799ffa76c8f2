import { basename, resolve } from 'node:path'
import type { PictureManifest } from '../../data/manifest.js'
import type { ModelCard, ModelMetrics, ModelProvenance } from '../../exported-model/model-card.js'
import { MODEL_FORMAT_VERSION } from '../../exported-model/model-card.js'
import { writeModelFolder } from '../../exported-model/model-folder.node.js'
import { buildNetwork } from '../../nn/network.js'
import { serializeModel } from '../../onnx/serialize.js'
import { resultingWeights } from '../checkpoint/averaged-weights.js'
import { readCheckpoint } from '../checkpoint/checkpoint.node.js'
import type { TrainingConfig } from '../config.js'
import type { Run } from '../run/open-run.node.js'
import { checkpointProperties } from '../run/run-files.js'
import type { RunSummary } from '../run/run-summary.js'
import { isImagenet, readOrigins, type WeightsOrigin } from '../weights/weights-origin.js'
import { exportInferenceGraphs } from './export-model.js'

/**
 * Writes a run's best checkpoint as an exported model, whole or not at all.
 *
 * @param name what the model is called; the folder's name by default
 * @throws E_USAGE where the folder holds something that is no model's; E_INPUT where a file is missing or cannot be written;
 *   E_CHECKPOINT, E_SHAPE where the checkpoint is damaged or another network's
 */
export async function exportRun(run: Run, folder: string, name = basename(resolve(folder))): Promise<ModelCard> {
  const { config, manifest, summary } = run
  const checkpoint = await readCheckpoint(run.checkpoint)
  const origins = readOrigins(checkpoint)
  const { puzzleEncoder, pieceLocator } = exportInferenceGraphs(
    buildNetwork(config, 'eval').graph,
    resultingWeights(checkpoint),
  )
  return writeModelFolder(folder, {
    card: {
      formatVersion: MODEL_FORMAT_VERSION,
      kind: 'regressor',
      name,
      input: { puzzleSize: config.puzzleSize, pieceSize: config.pieceSize },
      normalization: 'inputs are bytes, RGB; the graphs divide by 255',
      grid: config.grid,
      metrics: summary ? [testMetrics(summary)] : [],
      licence: licenceOf(manifest, origins),
      provenance: {
        ...provenanceOf(config, manifest, Number(checkpoint.properties.get(checkpointProperties.epoch) ?? 0)),
        ...(origins.length > 0 && { weights: origins }),
      },
    },
    graphs: { puzzle_encoder: serializeModel(puzzleEncoder), piece_locator: serializeModel(pieceLocator) },
    ...(manifest && { trainingPictures: trainingPictures(config, manifest) }),
  })
}

function testMetrics({ test, baselines }: RunSummary): ModelMetrics {
  return { split: 'test', ...test, chance: baselines.chance, meanColorCellAccuracy: baselines.meanColor.cellAccuracy }
}

function licenceOf(manifest: PictureManifest | null, origins: readonly WeightsOrigin[]): string {
  const learnedFrom = [
    ...(manifest ? ['the pictures that it was trained on'] : []),
    ...(origins.length > 0 ? [`the weights that it started from (${origins.map(originWords).join(', ')})`] : []),
  ]
  if (learnedFrom.length === 0) return 'MIT; trained on drawn pictures only'
  return `MIT for the program; the licences of ${learnedFrom.join(' and of ')} may bear on the weights`
}

function originWords(origin: WeightsOrigin): string {
  return isImagenet(origin) ? "torchvision's, trained on ImageNet" : origin.name
}

function provenanceOf(config: TrainingConfig, manifest: PictureManifest | null, epochs: number): ModelProvenance {
  const { preset, seed, evaluatePieces, trainOn, embedded } = config
  const common = { preset, epochs, seed, evaluatePieces }
  if (manifest) return { ...common, pictures: basename(manifest.folder) }
  const { size, train, val, test } = embedded
  const drawn = trainOn === 'train' ? embedded : { size, train: train + val, val: 0, test }
  return { ...common, pictures: 'embedded', embedded: drawn }
}

/** SHA-256 of each picture whose pieces were trained on. */
function trainingPictures({ trainOn }: TrainingConfig, { pictures }: PictureManifest): string[] {
  return pictures
    .filter(({ split }) => split === 'train' || (split === 'val' && trainOn === 'train+val'))
    .map(({ sha256 }) => sha256)
}
