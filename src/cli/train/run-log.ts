import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { BatchLoader } from '../../data/batch-loader.node.js'
import { LocatorError } from '../../errors.js'
import { drawBatchSheet } from '../../eval/batch-sheet.js'
import { trainingCurveSvg } from '../../eval/curve.js'
import type { CurvePoint } from '../../eval/curve-panels.js'
import { drawPredictionSheet } from '../../eval/prediction-sheet.js'
import type { SampleCollector } from '../../eval/sample-collector.js'
import { encodePng } from '../../image/encode.node.js'
import { cellCount, formatGrid } from '../../image/grid.js'
import { count, percent } from '../../number-words.js'
import type { TrainingArtifacts } from '../../training/artifacts/artifacts.js'
import { writeFileAtomically } from '../../training/checkpoint/write-file-atomically.node.js'
import type { TrainingConfig } from '../../training/config.js'
import { type EpochRow, epochRow } from '../../training/run/epoch-row.js'
import { listParameters } from '../../training/run/parameter-list.js'
import { runFiles } from '../../training/run/run-files.js'
import { TensorBoardLog } from '../../training/run/tensorboard-log.node.js'
import { type EpochEvent, planTraining, type TrainerContext, type TrainingEvent } from '../../training/trainer.js'
import { cannotWrite } from '../../write-folder.node.js'
import { curvePoint } from '../curve-point.js'

/** Up to so many epochs the curve is drawn anew after each, then at every 2nd, 3rd, ...: drawing takes longer with each point. */
const CURVE_EPOCHS = 1000

/** Pieces on a sheet of predictions. */
export const PIECES_SHOWN = 12

export interface RunLogOptions {
  /** The run's folder. */
  readonly folder: string
  readonly config: TrainingConfig
  /** Epochs that were trained before; none by default. */
  readonly rows?: readonly EpochRow[]
  /** The first step to come, 1 by default: the first of the run. */
  readonly firstStep?: number
  /** Told once what cannot be written; the run goes on without it. */
  readonly onFailure: (sentence: string) => void
}

/**
 * What a run shows of itself: parameters, the first batch, curve, TensorBoard events, sheets of predictions. A run is worth more than
 * its pictures: one that cannot be written is told, and no reason to stop.
 */
export class RunLog {
  private readonly points: CurvePoint[]
  private readonly told = new Set<string>()
  private tensorboard: TensorBoardLog | undefined

  constructor(private readonly options: RunLogOptions) {
    this.points = (options.rows ?? []).map(curvePoint)
  }

  /** Writes what is known before the first step. The loader keeps the batch's pictures, so that nothing is made twice. */
  async start(
    { checkpoint }: TrainingArtifacts,
    loader: BatchLoader,
    train: TrainerContext['pictures']['train'],
  ): Promise<void> {
    const { folder, config, firstStep } = this.options
    const parameters = `${JSON.stringify(listParameters(checkpoint), null, 2)}\n`
    await this.attempt(() => this.write(runFiles.parameters, Buffer.from(parameters)))
    await this.attempt(async () => {
      this.tensorboard = await TensorBoardLog.create(join(folder, runFiles.tensorboard), Date.now, firstStep)
    })
    await this.attempt(async () => {
      const plan = planTraining(config, train, 1).slice(0, 1)
      for await (const batch of loader.epoch(plan, config.augment ? { seed: config.seed, epoch: 1 } : null)) {
        const sheet = drawBatchSheet(batch, config.grid, 'The first training batch, as the network sees it')
        await this.write(runFiles.sheets.trainBatch, await encodePng(sheet))
      }
    })
  }

  async record(event: TrainingEvent): Promise<void> {
    await this.attempt(async () => this.tensorboard?.record(event))
    if (event.type !== 'epoch') return
    this.points.push(curvePoint(epochRow(event)))
    const { epochs } = this.options.config
    const every = Math.ceil(event.epoch / CURVE_EPOCHS)
    if (event.epoch % every === 0 || event.epoch === epochs) await this.attempt(() => this.drawCurve(event))
  }

  /** Draws typical and worst pieces of the test of an epoch's weights. */
  async drawSamples({ typical, worst, seen }: SampleCollector, epoch: number): Promise<void> {
    const { grid } = this.options.config
    const of = `of ${count(seen)}`
    const sheets = [
      [runFiles.sheets.typical, typical, 'Typical test pieces', `${typical.length} ${of}, drawn evenly from the test`],
      [runFiles.sheets.worst, worst, 'Worst test pieces', `${worst.length} ${of}, the farthest from its target first`],
    ] as const
    for (const [path, pieces, title, subtitle] of sheets) {
      await this.attempt(async () => {
        const sheet = drawPredictionSheet(pieces, grid, { title, subtitle: `${subtitle}; weights of epoch ${epoch}` })
        await this.write(path, await encodePng(sheet))
      })
    }
  }

  async close(): Promise<void> {
    await this.tensorboard?.close()
  }

  private async drawCurve(event: EpochEvent): Promise<void> {
    const { config, folder } = this.options
    const svg = trainingCurveSvg(this.points, {
      title: basename(resolve(folder)),
      subtitle: curveWords(
        config,
        event,
        this.points.findLast(point => point.best),
      ),
      chance: 1 / cellCount(config.grid),
    })
    await this.write(runFiles.curve, Buffer.from(svg))
  }

  private async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.options.folder, name)
    try {
      await mkdir(dirname(path), { recursive: true })
      await writeFileAtomically(path, bytes)
    } catch (cause) {
      throw cannotWrite(path, cause)
    }
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (!(error instanceof LocatorError)) throw error
      if (!this.told.has(error.message)) this.options.onFailure(error.message)
      this.told.add(error.message)
    }
  }
}

/** `preset quick, grid 2x2, epoch 18 of 30; validated on 160 pieces: best 81.3% in epoch 18`. */
function curveWords({ preset, grid, epochs }: TrainingConfig, { epoch, val }: EpochEvent, best?: CurvePoint): string {
  const run = `preset ${preset}, grid ${formatGrid(grid)}, epoch ${count(epoch)} of ${count(epochs)}`
  if (!val) return `${run}; not validated`
  const bestWords = best?.valAccuracy == null ? '' : `: best ${percent(best.valAccuracy)} in epoch ${count(best.epoch)}`
  return `${run}; validated on ${count(val.n)} pieces${bestWords}`
}
