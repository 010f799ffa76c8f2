import { LocatorError } from '../../errors.js'
import type { ParameterGroup } from '../../optim/param-groups.js'
import { Random } from '../../prng.js'
import { TaskQueue } from '../../task-queue.js'
import type { Tensor } from '../../tensor.js'
import { readDropout, readParameterGroups, type TrainingArtifacts } from '../artifacts/artifacts.js'
import { readArtifacts } from '../artifacts/artifacts.node.js'
import { checkArtifacts } from '../artifacts/check-artifacts.js'
import type { Checkpoint, Property } from '../checkpoint/checkpoint.js'
import { writeCheckpoint } from '../checkpoint/checkpoint.node.js'
import { bindSizes, checkFeedNames } from './bind-sizes.js'
import { chooseLowering } from './choose-lowering.js'
import { drawDropoutMasks } from './dropout-masks.js'
import { averageBuckets, type BucketState, parameterStates, unpack } from './flat-parameters.js'
import { checkRates, gradientScale, type LearningRates, stepBuckets } from './optimizer-step.js'
import { readParameterStates } from './parameter-state.js'
import { createCheckpoint, readRandom } from './session-checkpoint.js'
import { type Feeds, gradientFeeds, type Outputs, stateFeeds, userInputs, userOutputs } from './session-feeds.js'
import { type GraphOptions, loadGraphs, releaseGraphs, type SessionGraphs } from './session-graphs.js'
import { checkOptions, type OptimizerStep, type TrainingSessionOptions } from './session-options.js'
import {
  allTensors,
  createBuckets,
  createStatistics,
  matching,
  rememberTrainStep,
  type Statistics,
  takeTrainStep,
} from './session-state.js'
import { readFrozen } from './update-counts.js'

export type { LearningRates } from './optimizer-step.js'
export type { Feeds, Outputs } from './session-feeds.js'
export type { OptimizerStep, TrainingSessionOptions } from './session-options.js'

/** ONNX Runtime's default learning rate. */
const defaultRate = 0.001

/**
 * Trains ONNX Runtime training artifacts on stock onnxruntime-node. The state is a few flat vectors, which go into a step and come
 * out of it; a step that fails leaves them as they were.
 *
 * @example
 * const session = await TrainingSession.load('artifacts/exp9', { seed: 1 })
 * const { loss } = await session.runStep({ piece, puzzle, target }, { backbone: 1e-4, correlation: 1e-3, refinement: 1e-3 })
 */
export class TrainingSession {
  private random: Random
  /** Train steps whose gradients have added up. */
  private accumulated = 0
  private released = false
  private readonly queue = new TaskQueue()

  private constructor(
    private readonly artifacts: TrainingArtifacts,
    private readonly groups: readonly ParameterGroup[],
    private readonly statistics: Statistics | null,
    private buckets: readonly BucketState[],
    private graphs: SessionGraphs,
    private readonly options: GraphOptions & { readonly clipNorm: number | null; readonly ema: number | null },
    private step: number,
    seed: number,
  ) {
    this.random = readRandom(artifacts.checkpoint) ?? Random.from(seed, 'dropout')
  }

  /**
   * Loads training artifacts: a folder's, or those in memory.
   *
   * @throws E_INPUT, E_MODEL, E_CHECKPOINT where a file is missing, damaged or does not belong to the others; E_CONFIG where an option
   *   cannot be meant, the runtime does not have the lowering, a pattern fits no parameter or all are frozen
   */
  static async load(
    source: string | TrainingArtifacts,
    options: TrainingSessionOptions = {},
  ): Promise<TrainingSession> {
    checkOptions(options)
    const artifacts = typeof source === 'string' ? await readArtifacts(source) : source
    checkArtifacts(artifacts)
    const { checkpoint } = artifacts
    const { seed = 1, batchNorm = 'batch', clipNorm = null, ema = null } = options
    const groups = readParameterGroups(checkpoint)
    const states = readParameterStates(checkpoint)
    const frozen = options.frozen ? matching(options.frozen, states) : readFrozen(checkpoint)
    const step = checkpoint.optimizer?.step ?? 0
    const buckets = createBuckets(groups, states, frozen, step)
    const statistics = createStatistics(checkpoint)
    const graphOptions = { lowering: await chooseLowering(options.lowering ?? 'auto'), batchNorm }
    const graphs = await loadGraphs(artifacts, buckets, statistics?.vector ?? null, graphOptions)
    const sessionOptions = { ...graphOptions, clipNorm, ema }
    return new TrainingSession(artifacts, groups, statistics, buckets, graphs, sessionOptions, step, seed)
  }

  /** How the graphs run. */
  get lowering(): 'standard' | 'blocked' {
    return this.options.lowering.name
  }

  /**
   * Freezes the parameters whose names fit one of the patterns and trains all others. Weights, moments, averages and running statistics
   * stay as they are; AdamW's bias correction of a parameter counts the steps that it took part in. Gradients start at zero where this
   * changes anything.
   *
   * @throws E_CONFIG where a pattern fits no parameter, or all are frozen
   */
  async setFrozen(patterns: readonly RegExp[]): Promise<void> {
    await this.exclusive(async () => {
      const states = parameterStates(this.buckets)
      const frozen = matching(patterns, states)
      const now = this.frozenNames
      if (frozen.size === now.length && now.every(name => frozen.has(name))) return
      const buckets = createBuckets(this.groups, states, frozen, this.step)
      const graphs = await loadGraphs(this.artifacts, buckets, this.statistics?.vector ?? null, this.options)
      const before = this.graphs
      this.buckets = buckets
      this.graphs = graphs
      this.accumulated = 0
      await releaseGraphs(before)
    })
  }

  /** Names of the parameters that are not trained at the moment. */
  get frozenNames(): readonly string[] {
    return this.buckets.filter(bucket => bucket.frozen).flatMap(({ vector }) => vector.entries.map(({ name }) => name))
  }

  /** Forward and backward pass. Gradients add up until {@link lazyResetGrad}; running statistics move. */
  runTrainStep(feeds: Feeds): Promise<Outputs> {
    return this.exclusive(() => this.trainStep(feeds))
  }

  /**
   * AdamW on every trained parameter with the gradients of the train steps since the last reset: their sum, as ONNX Runtime, or with
   * `average` their mean over these steps. They are clipped after that.
   *
   * @throws E_CONFIG where a trained group has no rate, or a rate no group; E_DIVERGED where gradients to clip are not finite
   */
  runOptimizerStep(
    rates: LearningRates = defaultRate,
    { average = false }: { readonly average?: boolean } = {},
  ): Promise<OptimizerStep> {
    return this.exclusive(() => this.optimizerStep(rates, average))
  }

  /** The next train step overwrites the gradients instead of adding to them. */
  lazyResetGrad(): Promise<void> {
    return this.exclusive(async () => {
      this.accumulated = 0
    })
  }

  /** {@link runTrainStep}, {@link runOptimizerStep} and {@link lazyResetGrad} in one, which happen all or not at all. */
  runStep(feeds: Feeds, rates: LearningRates = defaultRate): Promise<Outputs> {
    return this.exclusive(async () => {
      const { random, accumulated } = this
      const undo = rememberTrainStep(this.trained, this.statistics)
      try {
        const outputs = await this.trainStep(feeds)
        await this.optimizerStep(rates, false)
        this.accumulated = 0
        return outputs
      } catch (error) {
        undo()
        this.random = random
        this.accumulated = accumulated
        throw error
      }
    })
  }

  /** The forward pass in inference form: no dropout, running statistics, averaged weights where the session averages them. */
  runEvalStep(feeds: Feeds): Promise<Outputs> {
    return this.exclusive(async () => {
      checkFeedNames(userInputs(this.artifacts.evalModel, this.artifacts.checkpoint), feeds)
      const state = stateFeeds(this.buckets, this.statistics, this.averagedWeights)
      return userOutputs(await this.graphs.eval.run({ ...feeds, ...state }), this.artifacts.evalModel)
    })
  }

  /** Copies of all parameters and running statistics, frozen ones included, under their PyTorch `state_dict` names. */
  parameters(): Map<string, Tensor<'float32'>> {
    this.checkAlive()
    return this.tensors(bucket => bucket.weights)
  }

  /** {@link parameters} with their moving averages; as they are before the first step, or where the session averages nothing. */
  averagedParameters(): Map<string, Tensor<'float32'>> {
    this.checkAlive()
    return this.tensors(this.averagedWeights)
  }

  /** The gradients that the next optimizer step would use, by trained parameter; copies. */
  gradients(): Map<string, Tensor<'float32'>> {
    this.checkAlive()
    return new Map(this.trained.flatMap(bucket => [...unpack(bucket.vector, bucket.gradients)]))
  }

  /** Names of the parameter groups, as learning rates are given for them. */
  get groupNames(): readonly string[] {
    return this.groups.map(group => group.name)
  }

  /** Optimizer steps taken so far, those before the checkpoint that was loaded included. */
  get steps(): number {
    return this.step
  }

  /**
   * The whole state: weights, running statistics, moments, averages, generator; with the caller's own properties beside. Gradients are
   * no part of it, so the moments to save at are those after an optimizer step.
   */
  checkpoint(properties: ReadonlyMap<string, Property> = new Map()): Checkpoint {
    this.checkAlive()
    return createCheckpoint(this.artifacts.checkpoint, {
      states: parameterStates(this.buckets),
      averaged: this.averages,
      frozen: new Set(this.frozenNames),
      statistics: this.statistics ? unpack(this.statistics.vector, this.statistics.data) : new Map(),
      step: this.step,
      random: this.random.state,
      properties,
    })
  }

  /** Writes {@link checkpoint} to a file, whole or not at all. @throws E_INPUT where it cannot be written */
  async saveCheckpoint(
    path: string,
    options: { readonly properties?: ReadonlyMap<string, Property> } = {},
  ): Promise<void> {
    const checkpoint = await this.exclusive(async () => this.checkpoint(options.properties))
    await writeCheckpoint(path, checkpoint)
  }

  /** Frees the runtime's memory, when steps that are under way are done; safe to call twice. */
  release(): Promise<void> {
    return this.queue.run(async () => {
      if (this.released) return
      this.released = true
      await releaseGraphs(this.graphs)
    })
  }

  /** One thing at a time: a step begins with the state that the one before it left. */
  private exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.queue.run(async () => {
      this.checkAlive()
      return task()
    })
  }

  private async trainStep(feeds: Feeds): Promise<Outputs> {
    const { trainingModel, evalModel, checkpoint } = this.artifacts
    const inputs = userInputs(trainingModel, checkpoint)
    checkFeedNames(inputs, feeds)
    const given = inputs.filter(input => feeds[input.name])
    const sizes = bindSizes(given, feeds)
    // The generator moves on with the state: not where the step fails.
    const random = Random.fromState(this.random.state)
    const outputs = await this.graphs.train.run({
      ...feeds,
      ...drawDropoutMasks(inputs, feeds, sizes, readDropout(checkpoint), random),
      ...stateFeeds(this.buckets, this.statistics, bucket => bucket.weights),
      ...gradientFeeds(this.trained, this.accumulated),
    })
    takeTrainStep(outputs, this.trained, this.statistics)
    this.accumulated++
    this.random = random
    return userOutputs(outputs, evalModel)
  }

  private async optimizerStep(rates: LearningRates, average: boolean): Promise<OptimizerStep> {
    checkRates(rates, this.groupNames)
    const batches = average ? Math.max(1, this.accumulated) : 1
    const { factor, norm } = gradientScale(this.trained, batches, this.options.clipNorm)
    await stepBuckets(this.graphs.optimizer, this.trained, rates, factor)
    this.step++
    if (this.options.ema !== null) averageBuckets(this.buckets, this.options.ema)
    return { gradientNorm: norm }
  }

  private tensors(weightsOf: (bucket: BucketState) => Float32Array): Map<string, Tensor<'float32'>> {
    return allTensors(this.groups, this.buckets, this.statistics, weightsOf)
  }

  private get trained(): readonly BucketState[] {
    return this.buckets.filter(bucket => !bucket.frozen)
  }

  /** Whether there are averages. */
  private get averages(): boolean {
    return this.options.ema !== null && this.buckets.every(bucket => bucket.average)
  }

  private readonly averagedWeights = (bucket: BucketState): Float32Array =>
    this.averages ? bucket.average! : bucket.weights

  private checkAlive(): void {
    if (this.released) throw new LocatorError('E_DISPOSED', 'The training session has been released.')
  }
}
