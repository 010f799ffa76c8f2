import { create, toBinary } from '@bufbuild/protobuf'
import { AttributeProto_AttributeType, ModelProtoSchema, TensorProto_DataType } from 'onnx-buf'
import type { ModelGraph } from '../../src/exported-model/model-card.js'
import type { NewModel } from '../../src/exported-model/model-folder.node.js'
import { writeModelFolder } from '../../src/exported-model/model-folder.node.js'

const { FLOAT, INT64, UINT8 } = TensorProto_DataType
const PUZZLE = 16
const PIECE = 8
/** Locations of the attention map along each side. */
const SIDE = 4

/**
 * A real model in a few nodes, with the inputs and outputs of an exported regressor: the attention of a location is the
 * softmax of how well its mean color fits the piece's mean color.
 */
export function colorMatcherGraphs(): Record<ModelGraph, Uint8Array> {
  return { puzzle_encoder: puzzleEncoder(), piece_locator: pieceLocator() }
}

/** The card of {@link colorMatcherGraphs}. */
export const colorMatcherCard: NewModel['card'] = {
  formatVersion: 1,
  kind: 'regressor',
  name: 'color-matcher',
  input: { puzzleSize: PUZZLE, pieceSize: PIECE },
  normalization: 'in the graph',
  grid: { rows: 2, cols: 2 },
  metrics: [{ split: 'test', n: 4, cellAccuracy: 1 }],
  licence: 'MIT',
  provenance: { preset: 'none', pictures: 'embedded', epochs: 0, seed: 0, evaluatePieces: 'cut' },
}

/** Writes the model into a folder, as `export` would. */
export function writeColorMatcher(folder: string, changes: Partial<NewModel> = {}) {
  return writeModelFolder(folder, { card: colorMatcherCard, graphs: colorMatcherGraphs(), ...changes })
}

function puzzleEncoder(): Uint8Array {
  const pool = PUZZLE / SIDE
  return model(
    [
      node('Cast', ['puzzle'], ['colors'], { to: FLOAT }),
      node('AveragePool', ['colors'], ['puzzle_features'], { kernel_shape: [pool, pool], strides: [pool, pool] }),
    ],
    [value('puzzle', UINT8, ['Q', 3, PUZZLE, PUZZLE])],
    [value('puzzle_features', FLOAT, ['Q', 3, SIDE, SIDE])],
  )
}

function pieceLocator(): Uint8Array {
  const centers = Array.from({ length: SIDE }, (_, i) => (i + 0.5) / SIDE)
  const coordinates = centers.flatMap(y => centers.flatMap(x => [x, y]))
  return model(
    [
      node('Cast', ['piece'], ['colors'], { to: FLOAT }),
      node('ReduceMean', ['colors'], ['mean'], { axes: [2, 3], keepdims: 1 }),
      node('Sub', ['mean', 'puzzle_features'], ['difference']),
      node('Mul', ['difference', 'difference'], ['squares']),
      node('ReduceSum', ['squares', 'channels'], ['distance'], { keepdims: 0 }),
      node('Mul', ['distance', 'sharpness'], ['logits']),
      node('Reshape', ['logits', 'rows'], ['flat_logits']),
      node('Softmax', ['flat_logits'], ['flat'], { axis: 1 }),
      node('MatMul', ['flat', 'coordinates'], ['position']),
      node('Reshape', ['flat', 'map'], ['attention']),
    ],
    [value('piece', UINT8, ['P', 3, PIECE, PIECE]), value('puzzle_features', FLOAT, [1, 3, SIDE, SIDE])],
    [value('position', FLOAT, ['P', 2]), value('attention', FLOAT, ['P', SIDE, SIDE])],
    [
      { name: 'channels', dataType: INT64, dims: [1n], int64Data: [1n] },
      { name: 'rows', dataType: INT64, dims: [2n], int64Data: [0n, -1n] },
      { name: 'map', dataType: INT64, dims: [3n], int64Data: [0n, BigInt(SIDE), BigInt(SIDE)] },
      { name: 'sharpness', dataType: FLOAT, dims: [1n], floatData: [-1 / 500] },
      { name: 'coordinates', dataType: FLOAT, dims: [BigInt(SIDE * SIDE), 2n], floatData: coordinates },
    ],
  )
}

type Initializer = { name: string; dataType: number; dims: bigint[]; int64Data?: bigint[]; floatData?: number[] }

function model(
  nodes: ReturnType<typeof node>[],
  input: ReturnType<typeof value>[],
  output: ReturnType<typeof value>[],
  initializer: Initializer[] = [],
): Uint8Array {
  const graph = { name: 'graph', node: nodes, input, output, initializer }
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: '', version: 17n }], graph }),
  )
}

function node(opType: string, input: string[], output: string[], attributes: Record<string, number | number[]> = {}) {
  const { INT, INTS } = AttributeProto_AttributeType
  const attribute = Object.entries(attributes).map(([name, x]) =>
    Array.isArray(x) ? { name, type: INTS, ints: x.map(BigInt) } : { name, type: INT, i: BigInt(x) },
  )
  return { opType, input, output, attribute }
}

function value(name: string, elemType: number, dims: readonly (number | string)[]) {
  const dim = dims.map(x => ({
    value:
      typeof x === 'string' ? { case: 'dimParam' as const, value: x } : { case: 'dimValue' as const, value: BigInt(x) },
  }))
  return { name, type: { value: { case: 'tensorType' as const, value: { elemType, shape: { dim } } } } }
}
