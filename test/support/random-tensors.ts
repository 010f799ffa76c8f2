import type { Random } from '../../src/prng.js'
import { type DataType, elementCount, type Tensor, zeros } from '../../src/tensor.js'
import { tensorBytes } from '../../src/training/tensor-bytes.js'

export const allDataTypes: readonly DataType[] = [
  'float32',
  'float64',
  'float16',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
]

/** A tensor of a type drawn by chance, rank 0 to 4, sometimes empty, of random bits (NaNs and infinities among them). */
export function randomTensor(random: Random): Tensor {
  const type = allDataTypes[random.integer(allDataTypes.length)]!
  return randomTensorOf(random, type, randomDims(random))
}

export function randomTensorOf<T extends DataType>(random: Random, type: T, dims: readonly number[]): Tensor<T> {
  const tensor = zeros(type, dims)
  const limit = type === 'bool' ? 2 : 256
  const bytes = tensorBytes(tensor)
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.integer(limit)
  return tensor
}

export function randomDims(random: Random): number[] {
  const dims = Array.from({ length: random.integer(5) }, () => (random.chance(0.05) ? 0 : 1 + random.integer(4)))
  return elementCount(dims) > 100 ? dims.slice(0, 2) : dims
}

const alphabets = ['abcXYZ019._-/:', ' \t\n"\\\u0000', 'äßØ', '漢字かな', '🧩🖼️', '\ufeff\u2028']

/** A name that no other index gives: letters of several scripts, sometimes one that has a meaning in JavaScript. */
export function randomName(random: Random, index: number): string {
  if (random.chance(0.05)) return ['__proto__', 'constructor', '0', '-1', 'toString'][random.integer(5)]! + index
  const letters = Array.from({ length: random.integer(12) }, () => {
    const alphabet = [...alphabets[random.integer(alphabets.length)]!]
    return alphabet[random.integer(alphabet.length)]!
  })
  return letters.join('') + index
}

/** Types, shapes and bits, for comparing tensors in which NaN may occur. */
export function comparable(tensors: ReadonlyMap<string, Tensor>): unknown[] {
  return Array.from(tensors, ([name, tensor]) => [name, tensor.type, [...tensor.dims], [...tensorBytes(tensor)]])
}
