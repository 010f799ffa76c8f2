import { expected } from '../errors.js'
import type { ModelCard } from '../exported-model/model-card.js'
import { resizeImage } from '../image/resize.js'
import type { RgbImage } from '../image/rgb-image.js'
import type { ModelSession } from '../model-session.js'
import type { Tensor } from '../tensor.js'
import { imageBatch } from './image-batch.js'
import type { Heatmap, Point } from './types.js'

/** What the model says about one piece. */
export interface Prediction {
  /** Centre of the piece as fractions of the puzzle's width and height. */
  readonly position: Point
  readonly attention: Heatmap
}

/** The two graphs of an exported regressor. Puzzles are encoded once, then pieces are located in them. */
export class Regressor {
  constructor(
    readonly card: ModelCard,
    private readonly puzzleEncoder: ModelSession,
    private readonly pieceLocator: ModelSession,
  ) {}

  /** A puzzle at the size that {@link encodePuzzle} takes; squashed to a square, as in training. */
  preparePuzzle(puzzle: RgbImage): RgbImage {
    return resizeImage(puzzle, this.card.input.puzzleSize, this.card.input.puzzleSize)
  }

  /** A piece at the size that {@link locate} takes; squashed to a square, as in training. */
  preparePiece(piece: RgbImage): RgbImage {
    return resizeImage(piece, this.card.input.pieceSize, this.card.input.pieceSize)
  }

  /** Features of one puzzle, as {@link locate} wants them. @throws E_MODEL where the graph gives none */
  async encodePuzzle(puzzle: RgbImage): Promise<Tensor> {
    const outputs = await this.puzzleEncoder.run({ puzzle: imageBatch([puzzle], this.card.input.puzzleSize) })
    return this.output(outputs, 'puzzle_features', [1, '...'])
  }

  /** Locates pieces of one puzzle in one run. @throws E_MODEL where the graph's outputs are not what a regressor gives */
  async locate(pieces: readonly RgbImage[], puzzleFeatures: Tensor): Promise<Prediction[]> {
    const outputs = await this.pieceLocator.run({
      piece: imageBatch(pieces, this.card.input.pieceSize),
      puzzle_features: puzzleFeatures,
    })
    const position = this.output(outputs, 'position', [pieces.length, 2])
    const attention = this.output(outputs, 'attention', [pieces.length, '?', '?'])
    const [, height, width] = attention.dims as [number, number, number]
    return pieces.map((_, i) => ({
      position: { x: position.data[2 * i]!, y: position.data[2 * i + 1]! },
      attention: { data: attention.data.slice(i * height * width, (i + 1) * height * width), width, height },
    }))
  }

  async release(): Promise<void> {
    await Promise.all([this.puzzleEncoder.release(), this.pieceLocator.release()])
  }

  /** An output of this shape, all finite: `?` is any dimension, `...` any number of them. */
  private output(outputs: Readonly<Record<string, Tensor>>, name: string, shape: readonly Dim[]): Tensor<'float32'> {
    const value = outputs[name]
    const where = `output "${name}" of model "${this.card.name}"`
    if (!isFloat32(value)) throw expected('E_MODEL', 'float32 numbers', where, value?.type)
    if (!hasShape(value.dims, shape)) throw expected('E_MODEL', `the shape [${shape.join(', ')}]`, where, value.dims)
    const wrong = value.data.find(x => !Number.isFinite(x))
    if (wrong !== undefined) throw expected('E_MODEL', 'finite numbers', where, wrong)
    return value
  }
}

type Dim = number | '?' | '...'

function hasShape(dims: readonly number[], shape: readonly Dim[]): boolean {
  if (shape.at(-1) === '...') return hasShape(dims.slice(0, shape.length - 1), shape.slice(0, -1))
  return dims.length === shape.length && shape.every((dim, axis) => dim === '?' || dim === dims[axis])
}

function isFloat32(value: Tensor | undefined): value is Tensor<'float32'> {
  return value?.type === 'float32'
}
