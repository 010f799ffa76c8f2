import { join } from 'node:path'
import { BatchLoader } from '../../data/batch-loader.node.js'
import { planEvaluation } from '../../data/sampler.js'
import type { SplitPictures } from '../../data/split-pictures.node.js'
import { type Evaluation, evaluate } from '../../eval/evaluate.js'
import { SampleCollector } from '../../eval/sample-collector.js'
import type { TrainingArtifacts } from '../../training/artifacts/artifacts.js'
import { readCheckpoint } from '../../training/checkpoint/checkpoint.node.js'
import { batchSizes, type TrainingConfig } from '../../training/config.js'
import { answerBatch, evaluationAugment } from '../../training/evaluate-session.js'
import { exportRun } from '../../training/export/export-run.node.js'
import { openRun } from '../../training/run/open-run.node.js'
import { checkpointProperties, runFiles } from '../../training/run/run-files.js'
import type { RunFolder } from '../../training/run/run-folder.node.js'
import { TrainingSession } from '../../training/session/training-session.js'
import { train, trainingRanges } from '../../training/trainer.js'
import type { Output } from '../output.js'
import type { DataOptions } from '../training-options.js'
import { reportProgress } from './report-progress.js'
import { PIECES_SHOWN, RunLog } from './run-log.js'

/** Batches that each worker makes ahead: `session.run` blocks the thread that would ask for more. */
const BATCHES_AHEAD = 3

export interface TrainingTask extends DataOptions {
  readonly config: TrainingConfig
  readonly pictures: SplitPictures
  readonly artifacts: TrainingArtifacts
  readonly folder: RunFolder
  readonly output: Output
  /** Milliseconds of a steady clock. */
  readonly now: () => number
}

/** What training made and how good it is. */
export interface TrainedModel {
  readonly path: string
  readonly evaluation: Evaluation
}

/** Trains, tests the best checkpoint once, writes the summary and exports the model into the run's folder. */
export async function trainAndTest(task: TrainingTask): Promise<TrainedModel> {
  const { config, pictures, folder, output, now } = task
  const started = now()
  const { pieceSize, puzzleSize, grid } = config
  const loader = BatchLoader.create({
    source: pictures.source,
    workers: task.workers,
    ahead: BATCHES_AHEAD,
    cacheBytes: task.cacheMb * 2 ** 20,
    ...{ grid, pieceSize, puzzleSize },
    onUnreadable: ({ reason }) => output.progress({ type: 'note', text: `Another picture takes its place: ${reason}` }),
  })
  const log = new RunLog({
    folder: folder.path,
    config,
    onFailure: text => output.progress({ type: 'note', text }),
  })
  try {
    await log.start(task.artifacts, loader, trainingRanges(config, pictures.split).train)
    await trainEpochs(task, loader, log)
    const { epoch, evaluation, samples } = await testBest(task, loader)
    await folder.writeSummary({
      formatVersion: 1,
      finishedAt: new Date().toISOString(),
      seconds: (now() - started) / 1000,
      epochs: config.epochs,
      bestEpoch: epoch,
      pictures: pictureCounts(pictures),
      test: evaluation.model,
      baselines: evaluation.baselines,
    })
    const run = await openRun(folder.path)
    const path = join(folder.path, runFiles.model)
    await exportRun(run, path, run.name)
    await log.drawSamples(samples, epoch)
    return { path, evaluation }
  } finally {
    await log.close()
    await loader.close()
  }
}

async function trainEpochs(task: TrainingTask, loader: BatchLoader, log: RunLog): Promise<void> {
  const { config, pictures, artifacts, folder, output, now } = task
  const session = await TrainingSession.load(artifacts, { seed: config.seed })
  try {
    await train(config, {
      session,
      loader,
      pictures: trainingRanges(config, pictures.split),
      now,
      onEvent: async event => {
        reportProgress(event, config.epochs, output.progress)
        if (event.type === 'epoch') await folder.recordEpoch(event, session)
        await log.record(event)
      },
    })
  } finally {
    output.progress({ type: 'end' })
    await session.release()
  }
}

/** Measures the checkpoint of the best epoch on the test pictures. */
async function testBest(
  { config, pictures, artifacts, folder, output }: TrainingTask,
  loader: BatchLoader,
): Promise<{ epoch: number; evaluation: Evaluation; samples: SampleCollector }> {
  const checkpoint = await readCheckpoint((await openRun(folder.path)).checkpoint)
  const epoch = Number(checkpoint.properties.get(checkpointProperties.epoch))
  output.say(`Testing epoch ${epoch} on pictures that no epoch has seen ...`)
  const session = await TrainingSession.load({ ...artifacts, checkpoint })
  try {
    const { grid } = config
    const plan = planEvaluation({ pictures: pictures.split.test, grid, ...batchSizes(config) })
    const batches = loader.epoch(plan, evaluationAugment(config))
    const samples = new SampleCollector(plan.flatMap(batch => batch.pieces).length, PIECES_SHOWN, config.seed)
    const evaluation = await evaluate(batches, grid, async batch => {
      const answers = await answerBatch(session, batch, config)
      samples.add(batch, answers)
      return answers.position.data
    })
    return { epoch, evaluation, samples }
  } finally {
    await session.release()
  }
}

function pictureCounts({ split, manifest }: SplitPictures) {
  return {
    from: manifest?.folder ?? 'embedded',
    train: split.train.count,
    val: split.val.count,
    test: split.test.count,
    leftOut: manifest ? manifest.unusable.length + manifest.duplicates.length : 0,
  }
}
