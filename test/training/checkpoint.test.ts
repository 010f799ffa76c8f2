import { describe, expect, it } from 'vitest'
import { Random } from '../../src/prng.js'
import { type Tensor, tensor, zeros } from '../../src/tensor.js'
import type { Checkpoint, OptimizerState, Property } from '../../src/training/checkpoint/checkpoint.js'
import { decodeCheckpoint } from '../../src/training/checkpoint/read-checkpoint.js'
import { encodeCheckpoint } from '../../src/training/checkpoint/write-checkpoint.js'
import { comparableCheckpoint, randomCheckpoint } from '../support/random-checkpoint.js'

const empty = (): Checkpoint => ({ trainable: new Map(), frozen: new Map(), optimizer: null, properties: new Map() })

describe('encodeCheckpoint and decodeCheckpoint', () => {
  it('give back what was written, bit for bit and in its order', () => {
    for (let seed = 0; seed < 200; seed++) {
      const checkpoint = randomCheckpoint(seed)
      const decoded = decodeCheckpoint(encodeCheckpoint(checkpoint))
      expect(comparableCheckpoint(decoded)).toEqual(comparableCheckpoint(checkpoint))
    }
  })

  it('write equal bytes for equal checkpoints, after reading too', () => {
    for (let seed = 0; seed < 50; seed++) {
      const bytes = encodeCheckpoint(randomCheckpoint(seed))
      expect(encodeCheckpoint(randomCheckpoint(seed))).toEqual(bytes)
      expect(encodeCheckpoint(decodeCheckpoint(bytes))).toEqual(bytes)
    }
  })

  it('write nothing but the named header, the version and two empty vectors for an empty checkpoint', () => {
    const bytes = encodeCheckpoint(empty())
    expect(String.fromCharCode(...bytes.subarray(4, 8))).toBe('ODTC')
    expect(bytes.length).toBeLessThan(80)
    expect(decodeCheckpoint(bytes)).toEqual(empty())
  })

  it('read bytes that start anywhere in their buffer, and copy what they read', () => {
    const bytes = encodeCheckpoint({
      ...empty(),
      trainable: new Map([['w', tensor('float32', [2], new Float32Array([1, 2]))]]),
    })
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    const decoded = decodeCheckpoint(shifted.subarray(3))
    shifted.fill(0)
    expect([...decoded.trainable.get('w')!.data]).toEqual([1, 2])
  })

  it('write views of larger arrays', () => {
    const weights = tensor('float32', [2], new Float32Array([1, 2, 3, 4]).subarray(1, 3))
    const decoded = decodeCheckpoint(encodeCheckpoint({ ...empty(), frozen: new Map([['w', weights]]) }))
    expect([...decoded.frozen.get('w')!.data]).toEqual([2, 3])
  })

  it('do hundreds of tensors of some megabytes', () => {
    const random = Random.from(5)
    const trainable = new Map<string, Tensor>()
    for (let i = 0; i < 850; i++)
      trainable.set(`layer.${i}`, tensor('float32', [5, 1000], new Float32Array(5000).fill(random.uniform())))
    const decoded = decodeCheckpoint(encodeCheckpoint({ ...empty(), trainable }))
    expect(decoded.trainable.size).toBe(850)
    expect(decoded.trainable.get('layer.849')!.data).toEqual(trainable.get('layer.849')!.data)
  })
})

describe('encodeCheckpoint refuses with E_CHECKPOINT', () => {
  const w = zeros('float32', [2])
  const optimizer = (change: Partial<Record<keyof OptimizerState, unknown>>): OptimizerState =>
    ({ group: 'group0', step: 1, initialLearningRate: 0.001, moments: new Map(), ...change }) as OptimizerState
  const withProperty = (value: unknown) => ({ ...empty(), properties: new Map([['best', value as Property]]) })
  const withMoments = (names: string[], first: Tensor = w) => ({
    ...empty(),
    trainable: new Map([['w', w]]),
    optimizer: optimizer({ moments: new Map(names.map(name => [name, { first, second: w }])) }),
  })

  const invalid: [what: string, checkpoint: Checkpoint, message: RegExp][] = [
    ['a name in both maps', { ...empty(), trainable: new Map([['w', w]]), frozen: new Map([['w', w]]) }, /"w" twice/],
    ['an empty name', { ...empty(), frozen: new Map([['', w]]) }, /a name .* received ""/],
    ['half a character', { ...empty(), frozen: new Map([['a\ud83e', w]]) }, /valid Unicode/],
    ['half a character in a property', withProperty('\udde9'), /valid Unicode for property "best"/],
    [
      'data that does not fit the shape',
      { ...empty(), frozen: new Map([['w', { ...w, dims: [3] }]]) },
      /3 elements .*"w"/,
    ],
    ['a shape that is none', { ...empty(), frozen: new Map([['w', { ...w, dims: [-1, -2] }]]) }, /\[-1, -2\]/],
    ['a float that float32 rounds', withProperty(0.1), /float32 holds exactly for property "best" .* 0\.1/],
    ['an integer of more than 64 bits', withProperty(2n ** 63n), /64 bits/],
    ['another optimizer group', { ...empty(), optimizer: optimizer({ group: 'group1' }) }, /"group0"/],
    ['a negative step', { ...empty(), optimizer: optimizer({ step: -1 }) }, /count of steps/],
    ['half a step', { ...empty(), optimizer: optimizer({ step: 0.5 }) }, /count of steps/],
    ['an infinite learning rate', { ...empty(), optimizer: optimizer({ initialLearningRate: 1e39 }) }, /finite/],
    ['moments of another shape', withMoments(['w'], zeros('float32', [1, 2])), /float32 \[2\] .* "float32 \[1,2\]"/],
    ['moments of another type', withMoments(['w'], zeros('int32', [2])), /float32 \[2\] .* "int32 \[2\]"/],
    ['moments of an unknown parameter', withMoments(['w', 'v']), /trainable parameters only .* received "v"/],
    ['moments of other parameters', withMoments(['v']), /moments of parameter "w"/],
  ]
  it.each(invalid)('%s', (_, checkpoint, message) => {
    expect(() => encodeCheckpoint(checkpoint)).toThrow(expect.objectContaining({ code: 'E_CHECKPOINT' }))
    expect(() => encodeCheckpoint(checkpoint)).toThrow(message)
  })

  it('more than 2 GiB', () => {
    // Views of one small buffer: nothing of that size is allocated.
    const big = { type: 'uint8', dims: [2 ** 30], data: { length: 2 ** 30, byteLength: 2 ** 30 } } as unknown as Tensor
    const frozen = new Map([
      ['a', big],
      ['b', big],
    ])
    expect(() => encodeCheckpoint({ ...empty(), frozen })).toThrow(/at most 2 GiB/)
  })
})
