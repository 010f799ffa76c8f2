import { expected } from '../errors.js'
import { type Grid, isSide } from '../image/grid.js'
import { isText, JsonReader } from './json-reader.js'

/** The version of `model.json` that this program writes and reads. */
export const MODEL_FORMAT_VERSION = 1

/** The graphs of a model, as `model.json` names them. */
export const modelGraphs = ['puzzle_encoder', 'piece_locator'] as const
export type ModelGraph = (typeof modelGraphs)[number]

/** A file beside `model.json` and the SHA-256 of its bytes, 64 lower-case hex digits. */
export interface ModelFile {
  readonly path: string
  readonly sha256: string
}

/** Measured quality on one split; further metrics may stand beside these. */
export interface ModelMetrics {
  readonly split: string
  /** Pieces that were located. */
  readonly n: number
  /** The share of them whose cell was right, 0 .. 1. */
  readonly cellAccuracy: number
  readonly [metric: string]: unknown
}

/** How pictures are drawn where no folder is given: pixels a side, and how many each part of the split has. */
export interface DrawnPictures {
  readonly size: number
  /** Those that the model was trained on, the ones of validation included where they were. */
  readonly train: number
  readonly val: number
  readonly test: number
}

/** How the model came to be. */
export interface ModelProvenance {
  readonly preset: string
  /** `embedded` for the drawn pictures, else the name of the picture folder. */
  readonly pictures: string
  /** Passes over the training pictures that the weights have seen. */
  readonly epochs: number
  readonly seed: number
  /** Whether its metrics hold for pieces as they were cut, or photographed with numbers drawn from the seed. */
  readonly evaluatePieces: 'cut' | 'photographed'
  /** With `embedded` pictures: how to draw them again. */
  readonly embedded?: DrawnPictures
  /** The file that its first weights came from, then the one that those of that file came from; absent where all were random. */
  readonly weights?: readonly WeightsSource[]
}

/** A file that weights came from, by name and SHA-256, and what was taken of it. */
export interface WeightsSource {
  readonly name: string
  readonly sha256: string
  readonly loaded: 'extractors' | 'network'
}

/** The contents of `model.json`. */
export interface ModelCard {
  readonly formatVersion: typeof MODEL_FORMAT_VERSION
  readonly kind: 'regressor' | 'matcher'
  readonly name: string
  /** Sides in pixels of the squares that pictures are resized to. */
  readonly input: { readonly puzzleSize: number; readonly pieceSize: number }
  /** Where colors are normalized, in words: inputs are bytes, the rest is in the graph. */
  readonly normalization: string
  /** The grid that the model was trained on and its metrics hold for. */
  readonly grid: Grid
  readonly metrics: readonly ModelMetrics[]
  readonly files: Readonly<Record<ModelGraph, ModelFile>>
  readonly licence: string
  readonly provenance: ModelProvenance
  /** The list of the pictures that the model has seen (`picture-list.ts`), absent for drawn ones: evaluation refuses them. */
  readonly trainingPictures?: ModelFile
}

/**
 * Reads `model.json`.
 *
 * @param where its path, for errors
 * @throws E_MODEL naming the key that is missing or wrong
 */
export function parseModelCard(text: string, where: string): ModelCard {
  const card = JsonReader.parse(text, where)
  const version = card.number('formatVersion')
  if (version !== MODEL_FORMAT_VERSION) {
    throw expected('E_MODEL', `format version ${MODEL_FORMAT_VERSION}`, where, version, {
      hint: 'This model was written by another version of piece-locator: update it, or export the model again.',
    })
  }
  const input = card.object('input')
  const files = card.object('files')
  return {
    formatVersion: MODEL_FORMAT_VERSION,
    kind: card.value(
      'kind',
      'regressor or matcher',
      (x): x is ModelCard['kind'] => x === 'regressor' || x === 'matcher',
    ),
    name: card.text('name'),
    input: { puzzleSize: input.side('puzzleSize'), pieceSize: input.side('pieceSize') },
    normalization: card.text('normalization'),
    grid: readGrid(card.object('grid')),
    metrics: card.list('metrics').map(readMetrics),
    files: {
      puzzle_encoder: readFile(files.object('puzzle_encoder')),
      piece_locator: readFile(files.object('piece_locator')),
    },
    licence: card.text('licence'),
    provenance: readProvenance(card.object('provenance')),
    ...(card.has('trainingPictures') ? { trainingPictures: readFile(card.object('trainingPictures')) } : {}),
  }
}

function readProvenance(reader: JsonReader): ModelProvenance {
  return {
    preset: reader.text('preset'),
    pictures: reader.text('pictures'),
    epochs: reader.number('epochs'),
    seed: reader.number('seed'),
    evaluatePieces: reader.value('evaluatePieces', 'cut or photographed', isPieceKind),
    ...(reader.has('embedded') ? { embedded: readDrawnPictures(reader.object('embedded')) } : {}),
    ...(reader.has('weights') ? { weights: reader.list('weights').map(readWeightsSource) } : {}),
  }
}

function readWeightsSource(reader: JsonReader): WeightsSource {
  return {
    name: reader.text('name'),
    sha256: reader.value('sha256', '64 hex digits', isSha256),
    loaded: reader.value('loaded', 'extractors or network', isLoadedPart),
  }
}

function isLoadedPart(value: unknown): value is WeightsSource['loaded'] {
  return value === 'extractors' || value === 'network'
}

function isSha256(value: unknown): value is string {
  return isText(value) && /^[0-9a-f]{64}$/.test(value)
}

function isPieceKind(value: unknown): value is ModelProvenance['evaluatePieces'] {
  return value === 'cut' || value === 'photographed'
}

function readDrawnPictures(reader: JsonReader): DrawnPictures {
  const count = (key: string) => reader.value(key, 'a whole number of 0 to 1000000', isPictureCount)
  return { size: reader.side('size'), train: count('train'), val: count('val'), test: count('test') }
}

/** More would be a typing error that asks for gigabytes. */
function isPictureCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000
}

function readGrid(reader: JsonReader): Grid {
  const side = (key: string) => reader.value(key, 'a whole number of 1 to 1000', isSide)
  return { rows: side('rows'), cols: side('cols') }
}

function readMetrics(reader: JsonReader): ModelMetrics {
  return {
    ...reader.all,
    split: reader.text('split'),
    n: reader.number('n'),
    cellAccuracy: reader.number('cellAccuracy'),
  }
}

/** Only files of the model's own folder: a model from elsewhere must not read or name others. */
function readFile(reader: JsonReader): ModelFile {
  return {
    path: reader.value('path', 'a plain file name', (x): x is string => isText(x) && /^[\w][\w.-]*$/.test(x)),
    sha256: reader.value('sha256', '64 hex digits', isSha256),
  }
}
