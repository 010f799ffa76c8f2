import { Builder } from 'flatbuffers'
import { expected } from '../../errors.js'
import { onnxTypeNumbers } from '../../onnx/data-types.js'
import type { Tensor } from '../../tensor.js'
import { tensorBytes } from '../tensor-bytes.js'
import { checkCheckpoint } from './check-checkpoint.js'
import type { Checkpoint, OptimizerState, Property } from './checkpoint.js'
import {
  checkpointFields,
  fileIdentifier,
  firstMomentName,
  formatVersion,
  moduleStateFields,
  optimizerGroupFields,
  parameterStateFields,
  propertyBagFields,
  propertyFields,
  secondMomentName,
  tensorFields,
} from './checkpoint-schema.js'

/** A position in a buffer that is under construction. */
type Offset = number

/** FlatBuffers' offsets have 31 bits. */
const maxBytes = 2 ** 31 - 1

/**
 * Writes ONNX Runtime's training checkpoint (format version 2), which its training runtimes from 1.17 on load. Equal
 * checkpoints give equal bytes.
 *
 * @throws E_CHECKPOINT where the checkpoint is not valid (see {@link Checkpoint}) or longer than 2 GiB
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const source = 'the checkpoint'
  checkCheckpoint(checkpoint, source)
  const size = sizeBound(checkpoint)
  if (size > maxBytes) throw expected('E_CHECKPOINT', 'at most 2 GiB', source, `${size} bytes`)

  const builder = new Builder(size)
  const moduleState = writeModuleState(builder, checkpoint)
  const groups = checkpoint.optimizer && writeVector(builder, [writeOptimizerGroup(builder, checkpoint.optimizer)])
  const properties = checkpoint.properties.size > 0 ? writeProperties(builder, checkpoint.properties) : null
  builder.startObject(checkpointFields.count)
  builder.addFieldInt32(checkpointFields.version, formatVersion, 0)
  builder.addFieldOffset(checkpointFields.moduleState, moduleState, 0)
  if (groups !== null) builder.addFieldOffset(checkpointFields.optimizerGroups, groups, 0)
  if (properties !== null) builder.addFieldOffset(checkpointFields.propertyBag, properties, 0)
  builder.finish(builder.endObject(), fileIdentifier)
  return builder.asUint8Array()
}

/** More than the file will need, so that the builder's buffer need not grow: growing doubles and copies it. */
function sizeBound({ trainable, frozen, optimizer, properties }: Checkpoint): number {
  const overhead = 128
  let size = 4 * overhead
  for (const [name, tensor] of [...trainable, ...frozen]) size += textBound(name) + tensorBound(tensor) + overhead
  for (const [name, { first, second }] of optimizer?.moments ?? []) {
    size += textBound(name) + tensorBound(first) + tensorBound(second) + 4 * overhead
  }
  for (const [name, value] of properties) {
    size += textBound(name) + (typeof value === 'string' ? textBound(value) : 0) + overhead
  }
  return size
}

/** UTF-8 has at most three bytes for one of JavaScript's 16-bit units. */
const textBound = (text: string): number => 3 * text.length

const tensorBound = (tensor: Tensor): number => tensor.data.byteLength + 8 * tensor.dims.length

function writeModuleState(builder: Builder, { trainable, frozen }: Checkpoint): Offset {
  const trainableVector = writeTensors(builder, trainable)
  const frozenVector = writeTensors(builder, frozen)
  builder.startObject(moduleStateFields.count)
  builder.addFieldOffset(moduleStateFields.trainable, trainableVector, 0)
  builder.addFieldOffset(moduleStateFields.frozen, frozenVector, 0)
  return builder.endObject()
}

function writeTensors(builder: Builder, tensors: ReadonlyMap<string, Tensor>): Offset {
  return writeVector(
    builder,
    Array.from(tensors, ([name, tensor]) => writeTensor(builder, name, tensor)),
  )
}

function writeTensor(builder: Builder, name: string, tensor: Tensor): Offset {
  const nameOffset = builder.createString(name)
  const data = builder.createByteVector(tensorBytes(tensor))
  builder.startVector(8, tensor.dims.length, 8)
  for (const dim of [...tensor.dims].reverse()) builder.addInt64(BigInt(dim))
  const dims = builder.endVector()
  builder.startObject(tensorFields.count)
  builder.addFieldOffset(tensorFields.name, nameOffset, 0)
  builder.addFieldOffset(tensorFields.dims, dims, 0)
  builder.addFieldInt32(tensorFields.dataType, onnxTypeNumbers[tensor.type], 0)
  builder.addFieldOffset(tensorFields.rawData, data, 0)
  return builder.endObject()
}

function writeOptimizerGroup(builder: Builder, optimizer: OptimizerState): Offset {
  const name = builder.createString(optimizer.group)
  const states = Array.from(optimizer.moments, ([parameter, { first, second }]) => {
    const parameterName = builder.createString(parameter)
    const firstMoment = writeTensor(builder, firstMomentName, first)
    const moments = writeVector(builder, [firstMoment, writeTensor(builder, secondMomentName, second)])
    builder.startObject(parameterStateFields.count)
    builder.addFieldOffset(parameterStateFields.parameterName, parameterName, 0)
    builder.addFieldOffset(parameterStateFields.moments, moments, 0)
    return builder.endObject()
  })
  const stateVector = writeVector(builder, states)
  builder.startObject(optimizerGroupFields.count)
  builder.addFieldOffset(optimizerGroupFields.name, name, 0)
  builder.addFieldInt64(optimizerGroupFields.step, BigInt(optimizer.step), 0n)
  addFloat32(builder, optimizerGroupFields.initialLearningRate, optimizer.initialLearningRate)
  builder.addFieldOffset(optimizerGroupFields.states, stateVector, 0)
  return builder.endObject()
}

function writeProperties(builder: Builder, properties: ReadonlyMap<string, Property>): Offset {
  const ints: Offset[] = []
  const floats: Offset[] = []
  const strings: Offset[] = []
  for (const [name, value] of properties) {
    const kind = typeof value === 'bigint' ? ints : typeof value === 'number' ? floats : strings
    kind.push(writeProperty(builder, name, value))
  }
  const vectors = [ints, floats, strings].map(kind => writeVector(builder, kind))
  builder.startObject(propertyBagFields.count)
  vectors.forEach((vector, slot) => {
    builder.addFieldOffset(slot, vector, 0)
  })
  return builder.endObject()
}

function writeProperty(builder: Builder, name: string, value: Property): Offset {
  const nameOffset = builder.createString(name)
  const text = typeof value === 'string' ? builder.createString(value) : 0
  builder.startObject(propertyFields.count)
  builder.addFieldOffset(propertyFields.name, nameOffset, 0)
  if (typeof value === 'bigint') builder.addFieldInt64(propertyFields.value, value, 0n)
  else if (typeof value === 'number') addFloat32(builder, propertyFields.value, value)
  else builder.addFieldOffset(propertyFields.value, text, 0)
  return builder.endObject()
}

/** Writes the default, 0, as well: `addFieldFloat32` takes -0 for it. */
function addFloat32(builder: Builder, slot: number, value: number): void {
  builder.addFloat32(value)
  builder.slot(slot)
}

function writeVector(builder: Builder, offsets: readonly Offset[]): Offset {
  builder.startVector(4, offsets.length, 4)
  for (const offset of [...offsets].reverse()) builder.addOffset(offset)
  return builder.endVector()
}
