import { expected } from '../errors.js'
import { readModelFolder } from '../exported-model/model-folder.node.js'
import { createModelSession } from '../model-session.node.js'
import { Regressor } from './regressor.js'

/**
 * Loads an exported regressor into ONNX Runtime.
 *
 * @throws E_INPUT where there is no such folder; E_MODEL where the model is damaged or of another kind
 */
export async function loadRegressor(folder: string): Promise<Regressor> {
  const { card, graphs } = await readModelFolder(folder)
  if (card.kind !== 'regressor') {
    throw expected('E_MODEL', 'a model of kind regressor', folder, card.kind, { hint: 'A later version may run it.' })
  }
  const [puzzleEncoder, pieceLocator] = await Promise.all([
    createModelSession(graphs.puzzle_encoder, `${folder}/${card.files.puzzle_encoder.path}`),
    createModelSession(graphs.piece_locator, `${folder}/${card.files.piece_locator.path}`),
  ])
  return new Regressor(card, puzzleEncoder, pieceLocator)
}
