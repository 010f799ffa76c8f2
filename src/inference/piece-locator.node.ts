import { fileURLToPath } from 'node:url'
import { defaultModelFolder } from '../exported-model/model-folder.node.js'
import { decodeInput, type ImageInput } from './image-input.node.js'
import { loadRegressor } from './load-regressor.node.js'
import { PieceLocator as HostNeutralPieceLocator } from './piece-locator.js'

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
    const host = { backend: 'cpu', decode: decodeInput, now: () => performance.now() } as const
    return new PieceLocator(await loadRegressor(path), host)
  }
}
