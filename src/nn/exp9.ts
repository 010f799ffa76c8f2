import type { Value } from '../onnx/graph.js'
import { type LayerContext, linear } from './layers.js'
import { mobileNetV3Small } from './mobilenet-v3.js'
import { spatialCorrelation, withDropout } from './spatial-correlation.js'

/** What the network sees. Piece i belongs to puzzle floor(i * Q / P). */
export interface Exp9Inputs {
  /** [P, 3, s, s], RGB, 0..1 */
  readonly piece: Value
  /** [Q, 3, S, S], RGB, 0..1 */
  readonly puzzle: Value
  readonly dropout: DropoutFactors | null
}

/** Factors 0 or 1/(1-p). */
export interface DropoutFactors {
  /** [P, 128] */
  readonly piece: Value
  /** [Q, 128, 1, 1] */
  readonly puzzle: Value
  /** [P, 32] */
  readonly refinement: Value
}

/** Width of the hidden layer that corrects the expected position. */
export const refinementWidth = 32

/**
 * The network of the seed experiment: two MobileNetV3-Small, a spatial correlation, a small correction of the position that
 * follows from it. 2,001,891 trainable parameters.
 *
 * @returns `position` [P, 2], x first, 0..1; `attention` [P, h, w], each summing to 1; the graph's names for them are the same
 */
export function exp9(
  context: LayerContext,
  { piece, puzzle, dropout }: Exp9Inputs,
): { readonly position: Value; readonly attention: Value } {
  const pieceFeatures = mobileNetV3Small(context, 'piece_features', piece)
  const puzzleFeatures = mobileNetV3Small(context, 'puzzle_features', puzzle)
  const { attention, expected } = spatialCorrelation(context, 'spatial_correlation', pieceFeatures, puzzleFeatures, {
    piece: dropout?.piece ?? null,
    puzzle: dropout?.puzzle ?? null,
  })
  return { position: refine(context, 'refinement', expected, dropout?.refinement ?? null), attention }
}

/** The expected position, moved by a tenth of what a two-layer network makes of it and kept within the puzzle. */
function refine(context: LayerContext, name: string, expected: Value, dropout: Value | null): Value {
  const { b } = context
  return b.scope(name, () => {
    const hidden = b.emit('Relu', [linear(context, `${name}.0`, expected, refinementWidth)])
    const correction = linear(context, `${name}.3`, withDropout(context, hidden, dropout), 2)
    const refined = b.emit('Add', [expected, b.emit('Mul', [correction, b.scalar(0.1)])])
    return b.emit('Clip', [refined, b.scalar(0), b.scalar(1)], {}, { outputs: ['position'] })
  })
}
