import { describe, expected } from '../../errors.js'
import { dataTypeOfNumber, onnxTypeNumbers } from '../../onnx/data-types.js'
import type { Tensor } from '../../tensor.js'
import { byteLengthOf, isShape, tensorFromBytes } from '../tensor-bytes.js'
import { checkCheckpoint } from './check-checkpoint.js'
import type { Checkpoint, Moments, OptimizerState, Property } from './checkpoint.js'
import {
  checkpointFields,
  fileIdentifier,
  firstMomentName,
  formatVersion,
  moduleStateFields,
  optimizerGroupFields,
  optimizerGroupName,
  parameterStateFields,
  propertyBagFields,
  propertyFields,
  secondMomentName,
  tensorFields,
} from './checkpoint-schema.js'
import { FlatBuffer } from './flat-buffer.js'
import { type FlatTable, rootTable } from './flat-table.js'

/**
 * Reads ONNX Runtime's training checkpoint (format version 2). The bytes may come from anywhere: whatever they are, the
 * result is a valid checkpoint or an error, in time and memory proportional to their length. Tensors are copies.
 *
 * @param source names the checkpoint in errors, like "checkpoint runs/first/checkpoints/last"
 * @throws E_CHECKPOINT damaged, of another format version, or without what is needed here (nominal state, external data,
 *   moments of another optimizer than AdamW)
 */
export function decodeCheckpoint(bytes: Uint8Array, source = 'the checkpoint'): Checkpoint {
  const root = rootTable(new FlatBuffer(bytes, source), fileIdentifier)
  const version = root.int32(checkpointFields.version, 0)
  if (version !== formatVersion) throw expected('E_CHECKPOINT', `format version ${formatVersion}`, source, version)

  const state = required(root.table(checkpointFields.moduleState), 'a module state', source)
  if (state.bool(moduleStateFields.isNominalState)) {
    throw expected('E_CHECKPOINT', 'weights', source, 'a nominal checkpoint, which has none')
  }
  if (state.bool(moduleStateFields.hasExternalData)) {
    throw expected('E_CHECKPOINT', 'weights in the file itself', source, 'external data')
  }
  const trainable = required(state.tables(moduleStateFields.trainable), 'trainable parameters', source)
  const frozen = required(state.tables(moduleStateFields.frozen), 'frozen parameters', source)
  const checkpoint = {
    trainable: readTensors(trainable, source),
    frozen: readTensors(frozen, source),
    optimizer: readOptimizer(root.tables(checkpointFields.optimizerGroups) ?? [], source),
    properties: readProperties(root.table(checkpointFields.propertyBag), source),
  }
  checkCheckpoint(checkpoint, source)
  return checkpoint
}

function required<T>(value: T | undefined, what: string, where: string): T {
  if (value === undefined) throw expected('E_CHECKPOINT', what, where, undefined)
  return value
}

/** Adds to a map what must not be there yet; so no vector can repeat a table. */
function addOnce<T>(map: Map<string, T>, name: string, value: () => T, source: string): void {
  if (map.has(name)) throw expected('E_CHECKPOINT', 'each name once', source, `${describe(name)} twice`)
  map.set(name, value())
}

function readTensors(tables: Iterable<FlatTable>, source: string): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  for (const table of tables) {
    const name = required(table.string(tensorFields.name), 'a name', `a tensor of ${source}`)
    addOnce(tensors, name, () => readTensor(table, `tensor ${describe(name)} of ${source}`), source)
  }
  return tensors
}

function readTensor(table: FlatTable, where: string): Tensor {
  const code = table.int32(tensorFields.dataType, 0)
  const type = dataTypeOfNumber(code)
  if (!type)
    throw expected('E_CHECKPOINT', `one of ${Object.keys(onnxTypeNumbers).join(', ')}`, where, `data type ${code}`)
  const dims = required(table.int64s(tensorFields.dims), 'a shape', where).map(Number)
  if (!isShape(dims)) {
    throw expected('E_CHECKPOINT', 'a shape of at most 64 whole numbers from 0 up', where, dims.slice(0, 8))
  }
  if (table.int64(tensorFields.externalDataOffset, -1n) !== -1n) {
    throw expected('E_CHECKPOINT', 'data in the file itself', where, 'external data')
  }
  const data = required(table.bytes(tensorFields.rawData), 'data', where)
  const byteLength = byteLengthOf(type, dims)
  if (data.length !== byteLength) {
    throw expected('E_CHECKPOINT', `${byteLength} bytes of ${type} [${dims}]`, where, `${data.length} bytes`)
  }
  return tensorFromBytes(type, dims, data)
}

function readOptimizer(groups: Iterable<FlatTable>, source: string): OptimizerState | null {
  let optimizer: OptimizerState | null = null
  for (const table of groups) {
    const name = required(table.string(optimizerGroupFields.name), 'a name', `an optimizer group of ${source}`)
    if (name !== optimizerGroupName || optimizer) {
      throw expected(
        'E_CHECKPOINT',
        `one optimizer group, "${optimizerGroupName}"`,
        source,
        optimizer ? 'several' : name,
      )
    }
    const where = `optimizer group "${name}" of ${source}`
    optimizer = {
      group: optimizerGroupName,
      step: Number(table.int64(optimizerGroupFields.step, 0n)),
      initialLearningRate: table.float32(optimizerGroupFields.initialLearningRate, 0),
      moments: readMoments(required(table.tables(optimizerGroupFields.states), 'optimizer states', where), source),
    }
  }
  return optimizer
}

function readMoments(states: Iterable<FlatTable>, source: string): Map<string, Moments> {
  const moments = new Map<string, Moments>()
  for (const state of states) {
    const name = required(state.string(parameterStateFields.parameterName), 'a name', `an optimizer state of ${source}`)
    const where = `the optimizer state of ${describe(name)} of ${source}`
    const read = (): Moments => {
      const tensors = readTensors(required(state.tables(parameterStateFields.moments), 'moments', where), where)
      const first = tensors.get(firstMomentName)
      const second = tensors.get(secondMomentName)
      if (!first || !second || tensors.size !== 2) {
        const received = [...tensors.keys()].slice(0, 4).map(describe)
        throw expected('E_CHECKPOINT', `AdamW's ${firstMomentName} and ${secondMomentName}`, where, received)
      }
      return { first, second }
    }
    addOnce(moments, name, read, source)
  }
  return moments
}

function readProperties(bag: FlatTable | undefined, source: string): Map<string, Property> {
  const properties = new Map<string, Property>()
  const kinds: [slot: number, read: (table: FlatTable) => Property | undefined][] = [
    [propertyBagFields.ints, table => table.int64(propertyFields.value, 0n)],
    [propertyBagFields.floats, table => table.float32(propertyFields.value, 0)],
    [propertyBagFields.strings, table => table.string(propertyFields.value)],
  ]
  for (const [slot, read] of kinds) {
    for (const table of bag?.tables(slot) ?? []) {
      const name = required(table.string(propertyFields.name), 'a name', `a property of ${source}`)
      addOnce(
        properties,
        name,
        () => required(read(table), 'a value', `property ${describe(name)} of ${source}`),
        source,
      )
    }
  }
  return properties
}
