import { describe, expected } from '../../errors.js'
import { elementCount, type Tensor } from '../../tensor.js'
import { isShape } from '../tensor-bytes.js'
import type { Checkpoint, Moments, OptimizerState, Property } from './checkpoint.js'
import { optimizerGroupName } from './checkpoint-schema.js'

/**
 * Checks what makes a checkpoint meaningful, on its way in and out: names, shapes, moments that fit their parameters,
 * numbers that the file format holds exactly.
 *
 * @param source names the checkpoint in errors
 * @throws E_CHECKPOINT
 */
export function checkCheckpoint(checkpoint: Checkpoint, source: string): void {
  const { trainable, frozen, optimizer, properties } = checkpoint
  for (const tensors of [trainable, frozen]) {
    for (const [name, tensor] of tensors) {
      checkName(name, 'parameter', source)
      checkTensor(tensor, `parameter ${describe(name)} of ${source}`)
    }
  }
  for (const name of trainable.keys()) {
    if (frozen.has(name)) throw expected('E_CHECKPOINT', 'each name once', source, `${describe(name)} twice`)
  }
  if (optimizer !== null) checkOptimizer(optimizer, trainable, source)
  for (const [name, value] of properties) {
    checkName(name, 'property', source)
    checkProperty(value, `property ${describe(name)} of ${source}`)
  }
}

/** A lone surrogate would be replaced when written as UTF-8. */
const loneSurrogate = /\p{Surrogate}/u

function checkName(name: string, kind: string, source: string): void {
  if (name === '' || loneSurrogate.test(name)) {
    throw expected('E_CHECKPOINT', 'a name of at least one letter, in valid Unicode', `a ${kind} of ${source}`, name)
  }
}

function checkTensor(tensor: Tensor, where: string): void {
  if (!isShape(tensor.dims)) {
    throw expected('E_CHECKPOINT', 'a shape of at most 64 whole numbers from 0 up', where, tensor.dims.slice(0, 8))
  }
  const count = elementCount(tensor.dims)
  if (tensor.data.length !== count) throw expected('E_CHECKPOINT', `${count} elements`, where, tensor.data.length)
}

function checkOptimizer(optimizer: OptimizerState, trainable: ReadonlyMap<string, Tensor>, source: string): void {
  const { group, step, initialLearningRate, moments } = optimizer
  const where = `the optimizer of ${source}`
  if (group !== optimizerGroupName) throw expected('E_CHECKPOINT', `group "${optimizerGroupName}"`, where, group)
  if (!Number.isSafeInteger(step) || step < 0) throw expected('E_CHECKPOINT', 'a count of steps', where, step)
  if (!Number.isFinite(Math.fround(initialLearningRate))) {
    throw expected('E_CHECKPOINT', 'a finite initial learning rate', where, initialLearningRate)
  }
  if (moments.size === 0) return
  for (const name of trainable.keys()) {
    if (!moments.has(name)) throw expected('E_CHECKPOINT', `moments of parameter ${describe(name)}`, where, undefined)
  }
  for (const [name, pair] of moments) {
    const parameter = trainable.get(name)
    if (!parameter) throw expected('E_CHECKPOINT', 'moments of trainable parameters only', where, name)
    checkMoments(pair, parameter, `the moments of parameter ${describe(name)} of ${source}`)
  }
}

function checkMoments({ first, second }: Moments, parameter: Tensor, where: string): void {
  for (const moment of [first, second]) {
    checkTensor(moment, where)
    if (moment.type !== parameter.type || String(moment.dims) !== String(parameter.dims)) {
      const received = `${moment.type} [${moment.dims}]`
      throw expected('E_CHECKPOINT', `the parameter's ${parameter.type} [${parameter.dims}]`, where, received)
    }
  }
}

function checkProperty(value: Property, where: string): void {
  if (typeof value === 'string') {
    if (loneSurrogate.test(value)) throw expected('E_CHECKPOINT', 'valid Unicode', where, value)
  } else if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) throw expected('E_CHECKPOINT', 'an integer of 64 bits', where, value)
  } else if (!Object.is(Math.fround(value), value)) {
    const hint = 'Round it with Math.fround, or store it as a bigint or a text.'
    throw expected('E_CHECKPOINT', 'a number that float32 holds exactly', where, value, { hint })
  }
}
