import { expected, LocatorError } from '../../errors.js'
import { type FlatVector, flatNames, flattenState } from '../../lowering/flat-state.js'
import type { ModelSession } from '../../model-session.js'
import { createModelSession } from '../../model-session.node.js'
import { serializeModel } from '../../onnx/serialize.js'
import { adamWDefaults } from '../../optim/adamw.js'
import { adamWCoefficients, buildFlatAdamW } from '../../optim/flat-adamw.js'
import { Random } from '../../prng.js'
import { type Tensor, tensor } from '../../tensor.js'
import { propertyNames, readParameterGroups, type TrainingArtifacts } from '../artifacts/artifacts.js'
import { readArtifacts } from '../artifacts/artifacts.node.js'
import type { Checkpoint, Property } from '../checkpoint/checkpoint.js'
import { writeCheckpoint } from '../checkpoint/checkpoint.node.js'
import { type ChosenLowering, chooseLowering, type LoweringRequest } from './choose-lowering.js'
import { drawDropoutMasks } from './dropout-masks.js'
import {
  createGroupState,
  entriesOf,
  type GroupState,
  pack,
  unpack,
  unpackMoments,
  vectorLength,
} from './flat-parameters.js'
import { bindSizes, SpecializedGraph } from './specialized-graph.js'

/** Tensors by input name: `piece` [P,3,s,s] and `puzzle` [Q,3,S,S], 0..1, `target` [P,2]; dropout factors where the caller draws them. */
export type Feeds = Readonly<Record<string, Tensor>>

/** Tensors by output name: `loss` [], `position` [P,2], `attention` [P,h,w]. */
export type Outputs = Readonly<Record<string, Tensor>>

/** A learning rate for every parameter group, or one number for all. */
export type LearningRates = number | Readonly<Record<string, number>>

export interface TrainingSessionOptions {
  /** Seed of the dropout factors; a checkpoint that holds a generator's state continues with that. Default 1. */
  readonly seed?: number
  /** How the graphs run; `auto`, the default, is the fastest way that the runtime has. */
  readonly lowering?: LoweringRequest
}

/** ONNX Runtime's default learning rate. */
const defaultRate = 0.001

const frozenVector = 'frozen'

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
  private accumulating = false
  private released = false

  private constructor(
    /** How the graphs run. */
    readonly lowering: ChosenLowering['name'],
    private readonly artifacts: TrainingArtifacts,
    private readonly groups: readonly GroupState[],
    private readonly frozen: { readonly vector: FlatVector; data: Float32Array } | null,
    private readonly trainGraph: SpecializedGraph,
    private readonly evalGraph: SpecializedGraph,
    private readonly optimizer: ModelSession,
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
   * @throws E_INPUT, E_MODEL, E_CHECKPOINT where a file is missing or damaged, E_CONFIG where the runtime does not have the lowering
   */
  static async load(
    source: string | TrainingArtifacts,
    options: TrainingSessionOptions = {},
  ): Promise<TrainingSession> {
    const artifacts = typeof source === 'string' ? await readArtifacts(source) : source
    const { checkpoint } = artifacts
    const groups = readParameterGroups(checkpoint).map(group => createGroupState(group, checkpoint))
    const frozen = createFrozen(checkpoint)
    const state = { parameters: groups.map(group => group.vector), frozen: frozen?.vector ?? null }
    const lowering = await chooseLowering(options.lowering ?? 'auto')
    const specialized = (graph: TrainingArtifacts['evalModel']): SpecializedGraph =>
      new SpecializedGraph(flattenState(graph, state), lowering.lower, createModelSession)
    const optimizer = buildFlatAdamW(
      groups.map(({ vector }) => ({ name: vector.name, length: vectorLength(vector) })),
      adamWDefaults,
    )
    return new TrainingSession(
      lowering.name,
      artifacts,
      groups,
      frozen,
      specialized(artifacts.trainingModel),
      specialized(artifacts.evalModel),
      await createModelSession(serializeModel(optimizer), 'the optimizer'),
      checkpoint.optimizer?.step ?? 0,
      options.seed ?? 1,
    )
  }

  /** Forward and backward pass. Gradients add up until {@link lazyResetGrad}; running statistics move. */
  async runTrainStep(feeds: Feeds): Promise<Outputs> {
    this.checkAlive()
    const outputs = await this.trainGraph.run(this.trainFeeds(feeds))
    for (const group of this.groups)
      group.gradients = outputs[flatNames.gradients(group.vector.name)]!.data as Float32Array
    const updated = outputs[flatNames.updated(frozenVector)]
    if (this.frozen && updated) this.frozen.data = updated.data as Float32Array
    this.accumulating = true
    return this.userOutputs(outputs)
  }

  /** AdamW on every parameter with the gradients of the train steps since the last reset. */
  async runOptimizerStep(rates: LearningRates = defaultRate): Promise<void> {
    this.checkAlive()
    const feeds = this.groups.map(group => optimizerFeeds(group, rateOf(rates, group.vector.name), this.step + 1))
    const outputs = await this.optimizer.run(Object.assign({}, ...feeds) as Feeds)
    for (const group of this.groups) {
      const updated = (part: string): Float32Array =>
        outputs[`${group.vector.name}.updated_${part}`]!.data as Float32Array
      group.weights = updated('weights')
      group.firstMoments = updated('momentums_1')
      group.secondMoments = updated('momentums_2')
    }
    this.step++
  }

  /** The next train step overwrites the gradients instead of adding to them. */
  async lazyResetGrad(): Promise<void> {
    this.checkAlive()
    this.accumulating = false
  }

  /** {@link runTrainStep}, {@link runOptimizerStep} and {@link lazyResetGrad} in one. */
  async runStep(feeds: Feeds, rates: LearningRates = defaultRate): Promise<Outputs> {
    const outputs = await this.runTrainStep(feeds)
    await this.runOptimizerStep(rates)
    await this.lazyResetGrad()
    return outputs
  }

  /** The forward pass in inference form: no dropout, running statistics. */
  async runEvalStep(feeds: Feeds): Promise<Outputs> {
    this.checkAlive()
    return this.userOutputs(await this.evalGraph.run({ ...feeds, ...this.stateFeeds() }))
  }

  /** Copies of all parameters and running statistics, under their PyTorch `state_dict` names. */
  parameters(): Map<string, Tensor<'float32'>> {
    this.checkAlive()
    const tensors = this.groups.flatMap(group => [...unpack(group.vector, group.weights)])
    if (this.frozen) tensors.push(...unpack(this.frozen.vector, this.frozen.data))
    return new Map(tensors)
  }

  /** The gradients that the next optimizer step would use, by parameter; copies. */
  gradients(): Map<string, Tensor<'float32'>> {
    this.checkAlive()
    return new Map(this.groups.flatMap(group => [...unpack(group.vector, group.gradients)]))
  }

  /** Names of the parameter groups, as learning rates are given for them. */
  get groupNames(): readonly string[] {
    return this.groups.map(group => group.vector.name)
  }

  /** Optimizer steps taken so far, those before the checkpoint that was loaded included. */
  get steps(): number {
    return this.step
  }

  /** The whole state: weights, running statistics, moments, generator; with the caller's own properties beside. */
  checkpoint(properties: ReadonlyMap<string, Property> = new Map()): Checkpoint {
    const { trainable, frozen, properties: kept } = this.artifacts.checkpoint
    const tensors = this.parameters()
    const current = (names: Iterable<string>): Map<string, Tensor> =>
      new Map([...names].map(name => [name, tensors.get(name)!]))
    return {
      trainable: current(trainable.keys()),
      frozen: current(frozen.keys()),
      optimizer: {
        group: 'group0',
        step: this.step,
        initialLearningRate: Math.fround(defaultRate),
        moments: unpackMoments(this.groups),
      },
      properties: new Map([...kept, ...properties, [randomProperty, JSON.stringify(this.random.state)]]),
    }
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
    await this.trainGraph.release()
    await this.evalGraph.release()
    await this.optimizer.release()
  }

  private trainFeeds(feeds: Feeds): Feeds {
    const { trainingModel, checkpoint } = this.artifacts
    const sizes = bindSizes(
      trainingModel.inputs.filter(input => feeds[input.name]),
      feeds,
    )
    const dropout = Number(checkpoint.properties.get(propertyNames.dropout) ?? 0)
    const buffers = this.groups.map(({ vector, gradients }) => [
      flatNames.accumulation(vector.name),
      vectorTensor(gradients),
    ])
    return {
      ...feeds,
      ...drawDropoutMasks(trainingModel, feeds, sizes, dropout, this.random),
      ...this.stateFeeds(),
      ...(Object.fromEntries(buffers) as Feeds),
      lazy_reset_grad: tensor('bool', [1], Uint8Array.of(this.accumulating ? 0 : 1)),
    }
  }

  private stateFeeds(): Feeds {
    const feeds: Record<string, Tensor> = {}
    for (const { vector, weights } of this.groups) feeds[flatNames.vector(vector.name)] = vectorTensor(weights)
    if (this.frozen) feeds[flatNames.vector(frozenVector)] = vectorTensor(this.frozen.data)
    return feeds
  }

  private userOutputs(outputs: Outputs): Outputs {
    const names = this.artifacts.evalModel.outputs.map(output => output.name)
    return Object.fromEntries(names.map(name => [name, outputs[name]!]))
  }

  private checkAlive(): void {
    if (this.released) throw new LocatorError('E_DISPOSED', 'The training session has been released.')
  }
}

/** Where a checkpoint keeps the state of the generator of dropout factors. */
const randomProperty = 'dropout_generator'

function createFrozen({ frozen }: Checkpoint): { vector: FlatVector; data: Float32Array } | null {
  if (frozen.size === 0) return null
  const vector = { name: frozenVector, entries: entriesOf([...frozen.keys()], frozen) }
  return { vector, data: pack(vector, name => frozen.get(name)!) }
}

function vectorTensor(data: Float32Array): Tensor {
  return tensor('float32', [data.length], data)
}

/** What the optimizer's graph is fed for one group. */
function optimizerFeeds(group: GroupState, learningRate: number, step: number): Feeds {
  const { name } = group.vector
  const coefficients = adamWCoefficients(adamWDefaults, { learningRate, weightDecay: group.weightDecay, step })
  const scalar = (value: number): Tensor => tensor('float32', [1], Float32Array.of(value))
  return {
    [`${name}.weights`]: vectorTensor(group.weights),
    [`${name}.gradients`]: vectorTensor(group.gradients),
    [`${name}.momentums_1`]: vectorTensor(group.firstMoments),
    [`${name}.momentums_2`]: vectorTensor(group.secondMoments),
    [`${name}.decay`]: scalar(coefficients.decay),
    [`${name}.step_size`]: scalar(coefficients.stepSize),
    [`${name}.epsilon`]: scalar(coefficients.epsilon),
  }
}

function rateOf(rates: LearningRates, group: string): number {
  const rate = typeof rates === 'number' ? rates : rates[group]
  if (typeof rate !== 'number' || !Number.isFinite(rate) || rate < 0) {
    throw expected('E_CONFIG', 'a finite learning rate of at least 0', `parameter group "${group}"`, rate)
  }
  return rate
}
