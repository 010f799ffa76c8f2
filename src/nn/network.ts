import { expected } from '../errors.js'
import { GraphBuilder } from '../onnx/builder.js'
import type { Graph } from '../onnx/graph.js'
import { type DropoutFactors, exp9, refinementWidth } from './exp9.js'
import type { Mode } from './layers.js'
import { meanSquaredError } from './losses.js'
import { ParameterScope, type ParameterSpec } from './parameters.js'
import { correlationChannels } from './spatial-correlation.js'

/** Everything that decides a network's graph. */
export interface NetworkConfig {
  readonly network: 'exp9'
  /** Side of a piece's picture in pixels. */
  readonly pieceSize: number
  /** Side of a puzzle's picture in pixels. */
  readonly puzzleSize: number
  /** Probability of dropping, 0 <= p < 1. */
  readonly dropout: number
  /** The weight of a batch in the running statistics, 0 < m <= 1 (PyTorch's sense). */
  readonly batchNormMomentum: number
}

/** A network with its loss. */
export interface Network {
  /** Inputs `piece`, `puzzle`, `target`, then the dropout factors, then the parameters; outputs `loss`, `position`, `attention`. */
  readonly graph: Graph
  /** The parameters in the order of their inputs, which is the `state_dict`'s. */
  readonly specs: readonly ParameterSpec[]
}

/** A set of parameters that share a learning rate and a weight decay. */
export type ParameterGroupName = 'backbone' | 'correlation' | 'refinement'

/**
 * Builds the graph of a network and its loss; P pieces and Q puzzles stay symbolic. Both modes have the same parameters and outputs.
 * Dropout factors (`piece_dropout` [P,128], `puzzle_dropout` [Q,128,1,1], `refinement_dropout` [P,32]) are inputs in `train` with
 * dropout > 0 only.
 *
 * @throws E_CONFIG where a number of the configuration cannot be meant
 */
export function buildNetwork(config: NetworkConfig, mode: Mode): Network {
  checkConfig(config)
  const { pieceSize, puzzleSize, batchNormMomentum } = config
  const b = new GraphBuilder(config.network)
  const piece = b.input('piece', 'float32', ['P', 3, pieceSize, pieceSize])
  const puzzle = b.input('puzzle', 'float32', ['Q', 3, puzzleSize, puzzleSize])
  const target = b.input('target', 'float32', ['P', 2])
  const dropout = mode === 'train' && config.dropout > 0 ? dropoutInputs(b) : null
  const parameters = new ParameterScope(b)
  const { position, attention } = exp9({ b, parameters, mode, batchNormMomentum }, { piece, puzzle, dropout })
  const loss = b.scope('loss', () => meanSquaredError(b, position, target, 'loss'))
  for (const output of [loss, position, attention]) b.output(output)
  return { graph: b.build(), specs: parameters.specs }
}

/** The group of a parameter, by the module that its name begins with. @throws E_CONFIG for a name of no group */
export function parameterGroup(name: string): ParameterGroupName {
  if (/^(piece|puzzle)_features\./.test(name)) return 'backbone'
  if (name.startsWith('spatial_correlation.')) return 'correlation'
  if (name.startsWith('refinement.')) return 'refinement'
  throw expected('E_CONFIG', 'a parameter of a known module', 'a parameter group', name)
}

function dropoutInputs(b: GraphBuilder): DropoutFactors {
  return {
    piece: b.input('piece_dropout', 'float32', ['P', correlationChannels]),
    puzzle: b.input('puzzle_dropout', 'float32', ['Q', correlationChannels, 1, 1]),
    refinement: b.input('refinement_dropout', 'float32', ['P', refinementWidth]),
  }
}

function checkConfig({ pieceSize, puzzleSize, dropout, batchNormMomentum }: NetworkConfig): void {
  for (const [where, size] of Object.entries({ pieceSize, puzzleSize })) {
    if (!Number.isInteger(size) || size < 32)
      throw expected('E_CONFIG', 'a whole number of pixels from 32 on', where, size)
  }
  if (!(dropout >= 0 && dropout < 1)) throw expected('E_CONFIG', 'a probability, 0 <= p < 1', 'dropout', dropout)
  if (!(batchNormMomentum > 0 && batchNormMomentum <= 1)) {
    throw expected('E_CONFIG', 'a number, 0 < m <= 1', 'batchNormMomentum', batchNormMomentum)
  }
}
