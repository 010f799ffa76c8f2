import type { Value } from '../onnx/graph.js'
import { tensor } from '../tensor.js'
import { constant } from './initializers.js'
import { conv2d, type LayerContext, linear } from './layers.js'

/** Length of the vectors that are compared. */
export const correlationChannels = 128

/** The value [Q, 128, h, w] that is all the network needs to know of the puzzles: exported models are cut there. */
export const puzzleFeaturesName = 'puzzle_features'

/** Factors 0 or 1/(1-p) that stand for dropout; null where there is none. */
export interface CorrelationDropout {
  /** [P, 128] */
  readonly piece: Value | null
  /** [Q, 128, 1, 1]: whole channels */
  readonly puzzle: Value | null
}

/** Where pieces are expected. */
export interface Correlation {
  /** Softmax over the puzzle's locations, [P, h, w]. */
  readonly attention: Value
  /** The mean of the cell centres under that, [P, 2], x first. */
  readonly expected: Value
}

/**
 * Compares each piece with every location of its puzzle: dot product of projected features over a learned temperature.
 * Piece i belongs to puzzle floor(i * Q / P), so the pieces of one puzzle lie together and one matrix product per puzzle does.
 *
 * @param pieceFeatures [P, C, y, x], averaged over its locations
 * @param puzzleFeatures [Q, C, h, w], h and w known; Q divides P
 */
export function spatialCorrelation(
  context: LayerContext,
  name: string,
  pieceFeatures: Value,
  puzzleFeatures: Value,
  dropout: CorrelationDropout,
): Correlation {
  const { b, parameters } = context
  return b.scope(name, () => {
    const temperature = parameters.declare(`${name}.temperature`, [1], constant(Math.sqrt(correlationChannels)))
    const vectors = projectPieces(context, `${name}.piece_proj.0`, pieceFeatures, dropout.piece)
    const locations = projectPuzzles(context, `${name}.puzzle_proj.0`, puzzleFeatures, dropout.puzzle)
    const [height, width] = locations.shape.slice(2) as number[]
    const puzzles = b.emit('Shape', [locations], { start: 0, end: 1 })
    const perPuzzle = b.emit('Concat', [puzzles, b.ints([-1, correlationChannels])], { axis: 0 })
    const dots = b.emit('MatMul', [
      b.emit('Reshape', [vectors, perPuzzle]),
      b.emit('Reshape', [locations, b.ints([0, correlationChannels, height! * width!])]),
    ])
    const logits = b.emit('Reshape', [b.emit('Div', [dots, temperature]), b.ints([-1, height! * width!])])
    const attention = b.emit('Softmax', [logits], { axis: -1 })
    return {
      attention: b.emit('Reshape', [attention, b.ints([-1, height!, width!])], {}, { outputs: ['attention'] }),
      expected: b.emit('MatMul', [attention, cellCentres(context, height!, width!)]),
    }
  })
}

function projectPieces(context: LayerContext, name: string, features: Value, dropout: Value | null): Value {
  const { b } = context
  const pooled = b.emit('Flatten', [b.emit('GlobalAveragePool', [features])])
  return withDropout(context, b.emit('Relu', [linear(context, name, pooled, correlationChannels)]), dropout)
}

function projectPuzzles(context: LayerContext, name: string, features: Value, dropout: Value | null): Value {
  const projected = conv2d(context, name, features, { channels: correlationChannels })
  return withDropout(context, context.b.emit('Relu', [projected], {}, { outputs: [puzzleFeaturesName] }), dropout)
}

/** Dropout as a product with factors that come from outside, so that every runtime drops the same. */
export function withDropout({ b }: LayerContext, x: Value, factors: Value | null): Value {
  return factors ? b.emit('Mul', [x, factors]) : x
}

/** ((x + 0.5) / width, (y + 0.5) / height) of all locations, row-major. */
function cellCentres({ b }: LayerContext, height: number, width: number): Value {
  const centres = Float32Array.from({ length: 2 * height * width }, (_, i) => {
    const location = i >> 1
    return i % 2 === 0 ? ((location % width) + 0.5) / width : (Math.floor(location / width) + 0.5) / height
  })
  return b.initializer('cell_centres', tensor('float32', [height * width, 2], centres))
}
