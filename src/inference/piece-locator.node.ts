import { fileURLToPath } from 'node:url'
import { expected } from '../errors.js'
import { defaultModelFolder, readModelFolder } from '../exported-model/model-folder.node.js'
import { createModelSession } from '../model-session.node.js'
import { decodeInput, type ImageInput } from './image-input.node.js'
import { PieceLocator as HostNeutralPieceLocator } from './piece-locator.js'
import { Regressor } from './regressor.js'

/**
 * Finds where pieces belong in puzzles, on Node.
 *
 * @example
 * const locator = await PieceLocator.load()
 * const puzzle = await locator.preparePuzzle('box.jpg', { grid: { rows: 4, cols: 6 } })
 * const { cell, score } = await puzzle.locate('piece.jpg')
 * await locator.dispose()
 */
export class PieceLocator extends HostNeutralPieceLocator<ImageInput> {
  /**
   * Loads an exported model.
   *
   * @param folder what `piece-locator export` wrote; by default the best model that the package ships
   * @throws E_INPUT where there is no such folder; E_MODEL where the model is damaged or of another kind
   */
  static async load(folder?: string | URL): Promise<PieceLocator> {
    const path =
      folder === undefined ? await defaultModelFolder() : folder instanceof URL ? fileURLToPath(folder) : folder
    const { card, graphs } = await readModelFolder(path)
    if (card.kind !== 'regressor') {
      throw expected('E_MODEL', 'a model of kind regressor', path, card.kind, { hint: 'A later version may run it.' })
    }
    const [puzzleEncoder, pieceLocator] = await Promise.all([
      createModelSession(graphs.puzzle_encoder, `${path}/${card.files.puzzle_encoder.path}`),
      createModelSession(graphs.piece_locator, `${path}/${card.files.piece_locator.path}`),
    ])
    const host = { backend: 'cpu', decode: decodeInput, now: () => performance.now() } as const
    return new PieceLocator(new Regressor(card, puzzleEncoder, pieceLocator), host)
  }
}
