import type { Batch } from '../data/batch.js'
import { BatchLoader } from '../data/batch-loader.node.js'
import { planEvaluation } from '../data/sampler.js'
import { drawnPictures, type SplitPictures } from '../data/split-pictures.node.js'
import { LocatorError } from '../errors.js'
import { type Evaluation, evaluate } from '../eval/evaluate.js'
import { placeByRegressor } from '../eval/place-by-regressor.js'
import type { ModelCard } from '../exported-model/model-card.js'
import { defaultModelFolder, readTrainingPictures } from '../exported-model/model-folder.node.js'
import { pictureId } from '../exported-model/picture-list.js'
import { cellCount, formatGrid, type Grid } from '../image/grid.js'
import { loadRegressor } from '../inference/load-regressor.node.js'
import { counted, percent } from '../number-words.js'
import { piecesPerPuzzle } from '../training/config.js'
import { evaluationAugment } from '../training/evaluate-session.js'
import { presets } from '../training/presets.js'
import type { Output } from './output.js'
import { openPictureFolder } from './pictures.js'
import { accuracyWords } from './words.js'

export interface EvaluateArguments {
  readonly model?: string
  readonly images?: string
  readonly split: 'test' | 'val' | 'train'
  readonly grid?: Grid
  readonly json?: true
}

const PUZZLES_PER_BATCH = 16

/** Measures an exported model and the baselines on one part of a set of pictures, and tells the result. */
export async function evaluateModel(options: EvaluateArguments, output: Output): Promise<void> {
  const path = options.model ?? (await defaultModelFolder())
  const regressor = await loadRegressor(path)
  try {
    const { card } = regressor
    const pictures =
      options.images === undefined ? modelPictures(card) : await openPictureFolder(options.images, output)
    await refuseSeen(path, card, pictures, options.split)
    const grid = options.grid ?? card.grid
    const batches = evaluationBatches(card, pictures, options.split, grid, output)
    const evaluation = await evaluate(batches, grid, batch => placeByRegressor(regressor, batch))
    tell({ path, card, pictures, grid, evaluation }, options, output)
  } finally {
    output.progress({ type: 'end' })
    await regressor.release()
  }
}

/** The drawn pictures of the model's run, or for a model of a folder those that `quick` would draw. */
function modelPictures({ provenance }: ModelCard): SplitPictures {
  if (provenance.embedded) return drawnPictures({ ...provenance.embedded, seed: provenance.seed })
  return drawnPictures({ ...presets.quick.embedded, seed: presets.quick.seed })
}

/** @throws E_USAGE where a model would be measured on pictures that it was trained on, or on none */
async function refuseSeen(
  path: string,
  card: ModelCard,
  { split, manifest }: SplitPictures,
  part: EvaluateArguments['split'],
): Promise<void> {
  const range = split[part]
  if (range.count === 0)
    throw new LocatorError('E_USAGE', `There are no ${part} pictures: the model was trained on them.`)
  const hint = 'Right answers there would say nothing; take the test split, or other pictures.'
  if (manifest === null) {
    if (part !== 'train' || !card.provenance.embedded) return
    throw new LocatorError('E_USAGE', 'The model was trained on the train split of the drawn pictures.', { hint })
  }
  const seen = await readTrainingPictures({ path, card })
  const measured = manifest.pictures.slice(range.first, range.first + range.count)
  const known = measured.filter(({ sha256 }) => seen.has(pictureId(sha256)))
  if (known.length === 0) return
  throw new LocatorError(
    'E_USAGE',
    `The model was trained on ${known.length} of the ${counted(range.count, `${part} picture`)}, such as ${known[0]!.name}.`,
    { hint },
  )
}

/** The pieces, made as for the model's own test. */
async function* evaluationBatches(
  { input, provenance }: ModelCard,
  { source, split }: SplitPictures,
  part: EvaluateArguments['split'],
  grid: Grid,
  output: Output,
): AsyncGenerator<Batch> {
  const plan = planEvaluation({
    pictures: split[part],
    grid,
    puzzlesPerBatch: PUZZLES_PER_BATCH,
    piecesPerPuzzle: Math.min(piecesPerPuzzle, cellCount(grid)),
  })
  // Every picture is needed once: no cache.
  const loader = BatchLoader.create({ source, workers: 0, ahead: 1, cacheBytes: 0, grid, ...input })
  try {
    for await (const batch of loader.epoch(plan, evaluationAugment(provenance))) {
      output.progress({ type: 'advance', label: 'evaluating', done: batch.index, total: plan.length })
      yield batch
    }
  } finally {
    await loader.close()
  }
}

interface Result {
  readonly path: string
  readonly card: ModelCard
  readonly pictures: SplitPictures
  readonly grid: Grid
  readonly evaluation: Evaluation
}

function tell({ path, card, pictures, grid, evaluation }: Result, { split, json }: EvaluateArguments, output: Output) {
  const { model, baselines } = evaluation
  const from = pictures.manifest?.folder ?? 'embedded'
  const count = pictures.split[split].count
  const pieces = card.provenance.evaluatePieces
  if (json)
    return output.json({ model: path, pictures: { from, split, count }, grid, pieces, metrics: model, baselines })
  output.result(
    `${output.paint('bold', accuracyWords(model))} of ${counted(model.n, `${pieces} piece`)} in the right cell; ` +
      `chance ${percent(baselines.chance)}, nearest mean color ${percent(baselines.meanColor.cellAccuracy)}`,
  )
  output.result(
    `mean squared error ${model.mse.toPrecision(3)}, distance ${model.meanDistance.toPrecision(3)} (mean), ` +
      `${model.medianDistance.toPrecision(3)} (median), as fractions of width and height`,
  )
  output.result(`${path} on ${counted(count, `${split} picture`)} (${from}), grid ${formatGrid(grid)}`)
}
