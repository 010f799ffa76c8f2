import { puzzleFeaturesName } from '../../nn/spatial-correlation.js'
import { extractSubgraph } from '../../onnx/extract.js'
import type { Graph } from '../../onnx/graph.js'
import type { Tensor } from '../../tensor.js'
import { bakeParameters } from './bake-parameters.js'
import { takeBytes } from './byte-input.js'
import { foldBatchNorm } from './fold-batch-norm.js'

/** A regressor as it is used: a puzzle is encoded once, then any number of pieces is located in it. */
export interface InferenceGraphs {
  /** `puzzle` uint8 [Q,3,S,S] -> `puzzle_features` [Q,128,h,w] */
  readonly puzzleEncoder: Graph
  /** `piece` uint8 [P,3,s,s], `puzzle_features` -> `position` [P,2], `attention` [P,h,w] */
  readonly pieceLocator: Graph
}

/** Makes inference graphs of an eval graph and its parameters: batch-norm folded, parameters baked in, bytes as input. */
export function exportInferenceGraphs(evalModel: Graph, parameters: ReadonlyMap<string, Tensor>): InferenceGraphs {
  const whole = foldBatchNorm(bakeParameters(evalModel, parameters))
  const encoder = extractSubgraph(whole, 'puzzle_encoder', ['puzzle'], [puzzleFeaturesName])
  const locator = extractSubgraph(whole, 'piece_locator', ['piece', puzzleFeaturesName], ['position', 'attention'])
  return { puzzleEncoder: takeBytes(encoder, 'puzzle'), pieceLocator: takeBytes(locator, 'piece') }
}
