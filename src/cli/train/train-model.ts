import { expected } from '../../errors.js'
import { counted } from '../../number-words.js'
import { describeEnvironment } from '../../training/run/environment.node.js'
import { checkRunFolder } from '../../training/run/new-folder.node.js'
import { newestStartedRun, openStartedRun } from '../../training/run/open-run.node.js'
import { RunFolder } from '../../training/run/run-folder.node.js'
import { openStoppedRun } from '../../training/run/stopped-run.node.js'
import { readOrigins } from '../../training/weights/weights-origin.js'
import type { Io } from '../io.js'
import type { Output } from '../output.js'
import { completeRun } from './complete-run.js'
import { tellPlan } from './dry-run.js'
import { describeTraining } from './header.js'
import { newConfig, prepareNewRun, type TrainingParts } from './new-run.js'
import { overfit } from './overfit.js'
import { checkUnchanged, prepareResumedRun } from './resume-run.js'
import { StopSignal } from './stop-signal.js'
import type { TrainingTask } from './train-and-test.js'
import type { TrainArguments } from './train-arguments.js'

/** From options to a tested, exported model. What is wrong with options and pictures is found before anything is written. */
export async function trainModel(options: TrainArguments, output: Output, io: Io): Promise<void> {
  const common = taskOptions(options, output, io)
  if (options.resume !== undefined) return resume(options, common, io)
  const config = await newConfig(options)
  if (options.printConfig) return output.result(JSON.stringify(config, null, 2))
  if (options.output !== undefined) await checkRunFolder(options.output)
  const parts = await prepareNewRun(config, options, output, io)
  if (options.dryRun) return tellPlan(parts, options, output)
  describe(parts, output)
  if (options.overfitBatches !== undefined) {
    return overfit({ ...parts, ...common, batches: options.overfitBatches, epochs: options.epochs })
  }
  const environment = await describeEnvironment(new Date(), readOrigins(parts.artifacts.checkpoint))
  const { manifest } = parts.pictures
  const folder = await RunFolder.create({ folder: options.output, config, environment, manifest })
  output.say(`Run       ${folder.path}`)
  await completeRun({ ...parts, ...common, folder })
}

async function resume(options: TrainArguments, common: ReturnType<typeof taskOptions>, io: Io): Promise<void> {
  const { output } = common
  checkResumable(options)
  const path = typeof options.resume === 'string' ? options.resume : await newestStartedRun()
  const started = await openStartedRun(path)
  await checkUnchanged(started, options)
  if (options.printConfig) return output.result(JSON.stringify(started.config, null, 2))
  const folder = await RunFolder.take(path, started.config)
  try {
    const run = await openStoppedRun(path)
    const { epoch, step } = run.position
    if (run.finished) return output.result(`${path} is finished: ${counted(epoch, 'epoch')}, tested and exported.`)
    const parts = await prepareResumedRun(run, output, io)
    describe(parts, output)
    output.say(`Run       ${path}, goes on after epoch ${epoch}${step > 0 ? ` and ${counted(step, 'step')}` : ''}`)
    const rows = await folder.rewindMetrics(epoch)
    await completeRun({ ...parts, ...common, folder, rows, from: run.position })
  } finally {
    await folder.close()
  }
}

function checkResumable({ dryRun, overfitBatches }: TrainArguments): void {
  const other = dryRun ? '--dry-run' : overfitBatches === undefined ? null : '--overfit-batches'
  if (other) throw expected('E_USAGE', 'a new training', other, '--resume')
}

/** What options say of a training that has nothing to do with what it learns. */
function taskOptions(
  { workers, cacheMb, saveEvery, maxTime }: TrainArguments,
  output: Output,
  io: Io,
): Pick<TrainingTask, 'workers' | 'cacheMb' | 'saveEvery' | 'output' | 'now'> & { readonly stop: StopSignal } {
  const stop = new StopSignal(io, maxTime === undefined ? null : io.now() + maxTime)
  return { workers, cacheMb, saveEvery, output, now: io.now, stop }
}

function describe({ config, pictures, artifacts }: TrainingParts, output: Output): void {
  for (const line of describeTraining(config, pictures, artifacts)) output.say(line)
}
