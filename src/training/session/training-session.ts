import { LocatorError } from '../../errors.js'
import { flatNames } from '../../lowering/flat-state.js'
import type { ParameterGroup } from '../../optim/param-groups.js'
import { Random } from '../../prng.js'
import { type Tensor, tensor } from '../../tensor.js'
import { propertyNames, readParameterGroups, type TrainingArtifacts } from '../artifacts/artifacts.js'
import { readArtifacts } from '../artifacts/artifacts.node.js'
import type { Checkpoint, Property } from '../checkpoint/checkpoint.js'
import { writeCheckpoint } from '../checkpoint/checkpoint.node.js'
import { chooseLowering } from './choose-lowering.js'
import { drawDropoutMasks } from './dropout-masks.js'
import { averageBuckets, type BucketState, parameterStates, unpack } from './flat-parameters.js'
import { gradientScale, type LearningRates, stepBuckets } from './optimizer-step.js'
import { type ParameterState, readParameterStates } from './parameter-state.js'
import { createCheckpoint, randomProperty } from './session-checkpoint.js'
import { type GraphOptions, loadGraphs, releaseGraphs, type SessionGraphs } from './session-graphs.js'
import type { OptimizerStep, TrainingSessionOptions } from './session-options.js'
import { createBuckets, createStatistics, matching, type Statistics, statisticsVector } from './session-state.js'
import { bindSizes } from './specialized-graph.js'
import { readFrozen } from './update-counts.js'

export type { LearningRates } from './optimizer-step.js'
export type { OptimizerStep, TrainingSessionOptions } from './session-options.js'

/** Tensors by input name: `piece` [P,3,s,s] and `puzzle` [Q,3,S,S], 0..1, `target` [P,2]; dropout factors where the caller draws them. */
export type Feeds = Readonly<Record<string, Tensor>>

/** Tensors by output name: `loss` [], `position` [P,2], `attention` [P,h,w]. */
export type Outputs = Readonly<Record<string, Tensor>>

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
  private readonly random: Random
  /** Train steps whose gradients have added up. */
  private accumulated = 0
  private released = false

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
    const state = artifacts.checkpoint.properties.get(randomProperty)
    this.random =
      typeof state === 'string' ? Random.fromState(JSON.parse(state) as number[]) : Random.from(seed, 'dropout')
  }

  /**
   * Loads training artifacts: a folder's, or those in memory.
   *
   * @throws E_INPUT, E_MODEL, E_CHECKPOINT where a file is missing or damaged; E_CONFIG where the runtime does not have the lowering, a
   *   pattern fits no parameter or all are frozen
   */
  static async load(
    source: string | TrainingArtifacts,
    options: TrainingSessionOptions = {},
  ): Promise<TrainingSession> {
    const artifacts = typeof source === 'string' ? await readArtifacts(source) : source
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
    this.checkAlive()
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
  }

  /** Names of the parameters that are not trained at the moment. */
  get frozenNames(): readonly string[] {
    return this.buckets.filter(bucket => bucket.frozen).flatMap(({ vector }) => vector.entries.map(({ name }) => name))
  }

  /** Forward and backward pass. Gradients add up until {@link lazyResetGrad}; running statistics move. */
  async runTrainStep(feeds: Feeds): Promise<Outputs> {
    this.checkAlive()
    const outputs = await this.graphs.train.run(this.trainFeeds(feeds))
    for (const bucket of this.trained)
      bucket.gradients = outputs[flatNames.gradients(bucket.vector.name)]!.data as Float32Array
    const updated = outputs[flatNames.updated(statisticsVector)]
    if (this.statistics && updated) this.statistics.data = updated.data as Float32Array
    this.accumulated++
    return this.userOutputs(outputs)
  }

  /**
   * AdamW on every trained parameter with the gradients of the train steps since the last reset: their sum, as ONNX Runtime, or with
   * `average` their mean over these steps. They are clipped after that.
   */
  async runOptimizerStep(
    rates: LearningRates = defaultRate,
    { average = false }: { readonly average?: boolean } = {},
  ): Promise<OptimizerStep> {
    this.checkAlive()
    const batches = average ? Math.max(1, this.accumulated) : 1
    const { factor, norm } = gradientScale(this.trained, batches, this.options.clipNorm)
    await stepBuckets(this.graphs.optimizer, this.trained, rates, factor)
    this.step++
    if (this.options.ema !== null) averageBuckets(this.buckets, this.options.ema)
    return { gradientNorm: norm }
  }

  /** The next train step overwrites the gradients instead of adding to them. */
  async lazyResetGrad(): Promise<void> {
    this.checkAlive()
    this.accumulated = 0
  }

  /** {@link runTrainStep}, {@link runOptimizerStep} and {@link lazyResetGrad} in one. */
  async runStep(feeds: Feeds, rates: LearningRates = defaultRate): Promise<Outputs> {
    const outputs = await this.runTrainStep(feeds)
    await this.runOptimizerStep(rates)
    await this.lazyResetGrad()
    return outputs
  }

  /** The forward pass in inference form: no dropout, running statistics, averaged weights where the session averages them. */
  async runEvalStep(feeds: Feeds): Promise<Outputs> {
    this.checkAlive()
    const weightsOf = (bucket: BucketState): Float32Array => (this.averages ? bucket.average! : bucket.weights)
    return this.userOutputs(await this.graphs.eval.run({ ...feeds, ...this.stateFeeds(weightsOf) }))
  }

  /** Copies of all parameters and running statistics, frozen ones included, under their PyTorch `state_dict` names. */
  parameters(): Map<string, Tensor<'float32'>> {
    this.checkAlive()
    return this.tensors(bucket => bucket.weights)
  }

  /** {@link parameters} with their moving averages; as they are before the first step, or where the session averages nothing. */
  averagedParameters(): Map<string, Tensor<'float32'>> {
    this.checkAlive()
    return this.tensors(bucket => (this.averages ? bucket.average! : bucket.weights))
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
    const statistics = this.statistics
      ? unpack(this.statistics.vector, this.statistics.data)
      : new Map<string, Tensor>()
    return createCheckpoint(this.artifacts.checkpoint, {
      states: this.states(),
      frozen: new Set(this.frozenNames),
      statistics,
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
    await writeCheckpoint(path, this.checkpoint(options.properties))
  }

  /** Frees the runtime's memory; safe to call twice. */
  async release(): Promise<void> {
    if (this.released) return
    this.released = true
    await releaseGraphs(this.graphs)
  }

  private trainFeeds(feeds: Feeds): Feeds {
    const { trainingModel, checkpoint } = this.artifacts
    const sizes = bindSizes(
      trainingModel.inputs.filter(input => feeds[input.name]),
      feeds,
    )
    const dropout = Number(checkpoint.properties.get(propertyNames.dropout) ?? 0)
    const buffers = this.trained.map(({ vector, gradients }) => [
      flatNames.accumulation(vector.name),
      vectorTensor(gradients),
    ])
    return {
      ...feeds,
      ...drawDropoutMasks(trainingModel, feeds, sizes, dropout, this.random),
      ...this.stateFeeds(bucket => bucket.weights),
      ...(Object.fromEntries(buffers) as Feeds),
      lazy_reset_grad: tensor('bool', [1], Uint8Array.of(this.accumulated > 0 ? 0 : 1)),
    }
  }

  private stateFeeds(weightsOf: (bucket: BucketState) => Float32Array): Feeds {
    const feeds: Record<string, Tensor> = {}
    for (const bucket of this.buckets) feeds[flatNames.vector(bucket.vector.name)] = vectorTensor(weightsOf(bucket))
    if (this.statistics) feeds[flatNames.vector(statisticsVector)] = vectorTensor(this.statistics.data)
    return feeds
  }

  private tensors(weightsOf: (bucket: BucketState) => Float32Array): Map<string, Tensor<'float32'>> {
    const tensors = new Map(this.buckets.flatMap(bucket => [...unpack(bucket.vector, weightsOf(bucket))]))
    const statistics = this.statistics ? unpack(this.statistics.vector, this.statistics.data) : []
    const names = this.groups.flatMap(group => group.parameters)
    return new Map([...names.map(name => [name, tensors.get(name)!] as const), ...statistics])
  }

  private states(): Map<string, ParameterState> {
    const states = parameterStates(this.buckets)
    if (this.averages) return states
    return new Map([...states].map(([name, state]) => [name, { ...state, average: null }]))
  }

  private get trained(): readonly BucketState[] {
    return this.buckets.filter(bucket => !bucket.frozen)
  }

  /** Whether there are averages. */
  private get averages(): boolean {
    return this.options.ema !== null && this.buckets.every(bucket => bucket.average)
  }

  private userOutputs(outputs: Outputs): Outputs {
    const names = this.artifacts.evalModel.outputs.map(output => output.name)
    return Object.fromEntries(names.map(name => [name, outputs[name]!]))
  }

  private checkAlive(): void {
    if (this.released) throw new LocatorError('E_DISPOSED', 'The training session has been released.')
  }
}

function vectorTensor(data: Float32Array): Tensor {
  return tensor('float32', [data.length], data)
}
