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
import { firstPosition, type TrainingPosition } from '../../training/position.js'
import type { EpochRow } from '../../training/run/epoch-row.js'
import { openRun } from '../../training/run/open-run.node.js'
import { checkpointProperties, runFiles } from '../../training/run/run-files.js'
import type { RunFolder } from '../../training/run/run-folder.node.js'
import { TrainingSession } from '../../training/session/training-session.js'
import { sessionOptions } from '../../training/session-config.js'
import { planTraining, train, trainingRanges } from '../../training/trainer.js'
import { Interrupted } from '../exit-codes.js'
import type { Output } from '../output.js'
import type { DataOptions } from '../training-options.js'
import { shellWord } from '../words.js'
import { reportProgress } from './report-progress.js'
import { PIECES_SHOWN, RunLog } from './run-log.js'
import { SaveSchedule } from './save-schedule.js'
import type { StopSignal } from './stop-signal.js'

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
  /** Where the artifacts' state stands; the beginning by default. */
  readonly from?: TrainingPosition
  /** Epochs that an earlier process trained. */
  readonly rows?: readonly EpochRow[]
  /** Steps between two saves within an epoch; by time where it is left out. */
  readonly saveEvery?: number | undefined
  readonly stop?: StopSignal
}

/** What training made and how good it is. */
export interface TrainedModel {
  readonly path: string
  readonly evaluation: Evaluation
}

/**
 * Trains, tests the best checkpoint once, writes the summary and exports the model into the run's folder. Where the time is over before
 * the last epoch, the rest is done with what there is.
 *
 * @throws Interrupted, after saving, where the user stopped it
 */
export async function trainAndTest(task: TrainingTask): Promise<TrainedModel> {
  const { config, pictures, folder, output, now } = task
  const started = now()
  const { from = firstPosition, rows = [] } = task
  const secondsBefore = rows.reduce((sum, row) => sum + Number(row.seconds), from.totals.seconds)
  const loader = createLoader(task)
  const { train: range } = trainingRanges(config, pictures.split)
  const log = new RunLog({
    folder: folder.path,
    config,
    rows,
    firstStep: from.epoch * planTraining(config, range, 1).length + from.step + 1,
    onFailure: text => output.progress({ type: 'note', text }),
  })
  try {
    await log.start(task.artifacts, loader, range)
    await trainEpochs(task, loader, log)
    const { epoch, evaluation, samples } = await testBest(task, loader)
    await folder.writeSummary({
      formatVersion: 1,
      finishedAt: new Date().toISOString(),
      seconds: secondsBefore + (now() - started) / 1000,
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

/** The threads that make a training's batches. What cannot be read any more is named. */
export function createLoader({
  config: { grid, pieceSize, puzzleSize },
  pictures,
  workers,
  cacheMb,
  output,
}: Pick<TrainingTask, 'config' | 'pictures' | 'workers' | 'cacheMb' | 'output'>): BatchLoader {
  return BatchLoader.create({
    source: pictures.source,
    workers,
    ahead: BATCHES_AHEAD,
    cacheBytes: cacheMb * 2 ** 20,
    ...{ grid, pieceSize, puzzleSize },
    onUnreadable: ({ reason }) => output.progress({ type: 'note', text: `Another picture takes its place: ${reason}` }),
  })
}

async function trainEpochs(task: TrainingTask, loader: BatchLoader, log: RunLog): Promise<void> {
  const { config, pictures, artifacts, folder, output, now, from = firstPosition, stop } = task
  const session = await TrainingSession.load(artifacts, sessionOptions(config))
  const saves = new SaveSchedule(task.saveEvery ?? null, now)
  stop?.listen(() => {
    output.progress({ type: 'note', text: 'Stopping: finishes the step and saves. Ctrl-C again stops at once.' })
  })
  try {
    const finished = await train(config, {
      session,
      loader,
      pictures: trainingRanges(config, pictures.split),
      now,
      from,
      stopping: async () => (await stop?.check()) ?? false,
      onPosition: async position => {
        const stopping = (await stop?.check()) ?? false
        if (stopping || saves.isDue(position.step)) await saves.run(() => folder.save(position, session))
        return stopping
      },
      onEvent: async event => {
        reportProgress(event, config.epochs, output.progress)
        if (event.type === 'epoch') await saves.run(() => folder.recordEpoch(event, session))
        await log.record(event)
      },
    })
    if (!finished) tellStopped(task, session.steps)
  } finally {
    stop?.stopListening()
    output.progress({ type: 'end' })
    await session.release()
  }
}

/** @throws Interrupted where it was the user who stopped it */
function tellStopped({ folder, output, stop }: TrainingTask, steps: number): void {
  output.progress({ type: 'end' })
  const resume = `piece-locator train --resume ${shellWord(folder.path)}`
  if (stop?.reason === 'interrupted') throw new Interrupted(`saved after step ${steps}. To go on: ${resume}`)
  output.say(`The time of --max-time is over after step ${steps}, which is saved. To go on: ${resume}`)
}

/** Measures the checkpoint of the best epoch on the test pictures. */
async function testBest(
  { config, pictures, artifacts, folder, output }: TrainingTask,
  loader: BatchLoader,
): Promise<{ epoch: number; evaluation: Evaluation; samples: SampleCollector }> {
  const checkpoint = await readCheckpoint((await openRun(folder.path)).checkpoint)
  const epoch = Number(checkpoint.properties.get(checkpointProperties.epoch))
  output.say(`Testing epoch ${epoch} on pictures that no epoch has seen ...`)
  const session = await TrainingSession.load({ ...artifacts, checkpoint }, sessionOptions(config))
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
