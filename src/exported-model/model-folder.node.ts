import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LocatorError } from '../errors.js'
import { writeFolder } from '../write-folder.node.js'
import { JsonReader } from './json-reader.js'
import { type ModelCard, type ModelFile, type ModelGraph, parseModelCard } from './model-card.js'
import { formatPictureList, parsePictureList } from './picture-list.js'

/** The models that the package ships: two folders up from here, in `src` as in `dist`. */
const shippedModels = fileURLToPath(new URL('../../models/', import.meta.url))

/** An exported model as it lies on disk, every file's checksum verified. */
export interface ModelFolder {
  readonly path: string
  readonly card: ModelCard
  readonly graphs: Readonly<Record<ModelGraph, Uint8Array>>
}

/** The folder of the best shipped model, which `models/default.json` names. @throws E_MODEL where there is none */
export async function defaultModelFolder(): Promise<string> {
  const path = join(shippedModels, 'default.json')
  const text = await readFile(path, 'utf8').catch(cause => {
    throw new LocatorError('E_MODEL', `No model is shipped with this package: ${path} is missing.`, {
      cause,
      hint: 'Say which model to use, or train one.',
    })
  })
  return join(shippedModels, JsonReader.parse(text, path).text('default'))
}

/**
 * Reads a folder that `export` wrote.
 *
 * @throws E_INPUT where there is no such folder; E_MODEL where a file is missing, wrong or not the one that was exported
 */
export async function readModelFolder(path: string): Promise<ModelFolder> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) {
    const reason = found ? 'it is not a folder' : 'there is no such folder'
    throw new LocatorError('E_INPUT', `Cannot read the model ${path}: ${reason}.`, {
      hint: 'A model is the folder that holds model.json.',
    })
  }
  const card = await readModelCard(path)
  const [puzzleEncoder, pieceLocator] = await Promise.all([
    readVerified(path, card.files.puzzle_encoder),
    readVerified(path, card.files.piece_locator),
  ])
  return { path, card, graphs: { puzzle_encoder: puzzleEncoder, piece_locator: pieceLocator } }
}

/** The pictures that a model was trained on, as `pictureId`s; empty for drawn pictures. @throws E_MODEL */
export async function readTrainingPictures({
  path,
  card,
}: Pick<ModelFolder, 'path' | 'card'>): Promise<ReadonlySet<string>> {
  if (!card.trainingPictures) return new Set()
  const bytes = await readVerified(path, card.trainingPictures)
  return parsePictureList(new TextDecoder().decode(bytes), join(path, card.trainingPictures.path))
}

/** What {@link writeModelFolder} writes: a model card whose checksums are still to be made. */
export interface NewModel {
  readonly card: Omit<ModelCard, 'files' | 'trainingPictures'>
  readonly graphs: Readonly<Record<ModelGraph, Uint8Array>>
  /** SHA-256 of every picture file that the model was trained on; absent for drawn pictures. */
  readonly trainingPictures?: Iterable<string>
}

const modelFiles = {
  title: 'a model',
  files: ['model.json', 'puzzle_encoder.onnx', 'piece_locator.onnx'],
  besides: ['training-pictures.txt'],
} as const

/**
 * Writes an exported model, whole or not at all, and returns its card. A model that is there is replaced.
 *
 * @throws E_USAGE where the folder holds something that is no model's; E_INPUT where it cannot be written
 */
export function writeModelFolder(path: string, model: NewModel): Promise<ModelCard> {
  return writeFolder(path, modelFiles, async temporary => {
    const write = async (name: string, bytes: Uint8Array): Promise<ModelFile> => {
      await writeFile(join(temporary, name), bytes)
      return { path: name, sha256: sha256(bytes) }
    }
    const card: ModelCard = {
      ...model.card,
      files: {
        puzzle_encoder: await write('puzzle_encoder.onnx', model.graphs.puzzle_encoder),
        piece_locator: await write('piece_locator.onnx', model.graphs.piece_locator),
      },
      ...(model.trainingPictures && {
        trainingPictures: await write('training-pictures.txt', Buffer.from(formatPictureList(model.trainingPictures))),
      }),
    }
    await writeFile(join(temporary, 'model.json'), `${JSON.stringify(card, null, 2)}\n`)
    return card
  })
}

async function readModelCard(folder: string): Promise<ModelCard> {
  const path = join(folder, 'model.json')
  const text = await readFile(path, 'utf8').catch(cause => {
    throw new LocatorError('E_MODEL', `${folder} is no model: it holds no readable model.json.`, {
      cause,
      hint: 'A model is a folder that "piece-locator export" wrote.',
    })
  })
  return parseModelCard(text, path)
}

async function readVerified(folder: string, file: ModelFile): Promise<Uint8Array> {
  const path = join(folder, file.path)
  const hint = 'Copy the whole model folder again, or export it again.'
  const bytes = await readFile(path).catch(cause => {
    throw new LocatorError('E_MODEL', `The model is incomplete: ${path} is missing or unreadable.`, { cause, hint })
  })
  if (sha256(bytes) !== file.sha256) {
    throw new LocatorError('E_MODEL', `The model is damaged: ${path} is not the file that was exported.`, { hint })
  }
  return bytes
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
