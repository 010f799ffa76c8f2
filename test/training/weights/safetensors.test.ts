import { describe, expect, it } from 'vitest'
import { LocatorError } from '../../../src/errors.js'
import { Random } from '../../../src/prng.js'
import { type Tensor, tensor, zeros } from '../../../src/tensor.js'
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
} from '../../../src/training/weights/safetensors.js'
import { comparable, randomName, randomTensor } from '../../support/random-tensors.js'

function randomTensors(seed: number): Map<string, Tensor> {
  const random = Random.from(seed, 'safetensors')
  return new Map(Array.from({ length: random.integer(10) }, (_, i) => [randomName(random, i), randomTensor(random)]))
}

const sorted = (tensors: Map<string, Tensor>) => new Map([...tensors].sort(([a], [b]) => (a < b ? -1 : 1)))

/** A file of this header, as JSON text or as an object, and this many bytes of data. */
function file(header: unknown, dataLength = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + dataLength)
  new DataView(bytes.buffer).setUint32(0, text.length, true)
  bytes.set(text, 8)
  return bytes
}

const f32 = (shape: unknown, ...offsets: unknown[]) => ({ dtype: 'F32', shape, data_offsets: offsets })

describe('encodeSafetensors and decodeSafetensors', () => {
  it('give back what was written, bit for bit', () => {
    for (let seed = 0; seed < 200; seed++) {
      const tensors = randomTensors(seed)
      const metadata = new Map(
        seed % 2 === 0
          ? []
          : [
              ['format', 'pt'],
              ['__proto__', '"größe"\n🧩'],
              ['1', ''],
            ],
      )
      const decoded = decodeSafetensors(encodeSafetensors(tensors, metadata))
      expect(comparable(sorted(decoded.tensors))).toEqual(comparable(sorted(tensors)))
      expect(decoded.metadata).toEqual(metadata)
    }
  })

  it('write equal bytes in whatever order the tensors come', () => {
    for (let seed = 0; seed < 50; seed++) {
      const bytes = encodeSafetensors(randomTensors(seed))
      const shuffled = new Map(Random.from(seed).shuffle([...randomTensors(seed)]))
      expect(encodeSafetensors(shuffled)).toEqual(bytes)
      expect(encodeSafetensors(decodeSafetensors(bytes).tensors)).toEqual(bytes)
    }
  })

  it('lay a file out as the format says', () => {
    const tensors = new Map<string, Tensor>([
      ['flag', tensor('bool', [], Uint8Array.of(1))],
      ['b', tensor('float32', [1], Float32Array.of(2))],
      ['a', tensor('float32', [1, 1], Float32Array.of(1))],
      ['long', tensor('int64', [1], BigInt64Array.of(-1n))],
    ])
    const bytes = encodeSafetensors(tensors, new Map([['format', 'pt']]))
    const length = new DataView(bytes.buffer).getUint32(0, true)
    expect(length % 8).toBe(0)
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"__metadata__":{"format":"pt"},' +
        '"long":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},' +
        '"a":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},' +
        '"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},' +
        '"flag":{"dtype":"BOOL","shape":[],"data_offsets":[16,17]}}',
    )
    expect([...bytes.subarray(8 + length)]).toEqual([...Array(8).fill(255), 0, 0, 128, 63, 0, 0, 0, 64, 1])
  })

  it('read bfloat16 as float32, exactly', () => {
    const values = [1, -2.5, 3.140625, Number.POSITIVE_INFINITY, -0, 2 ** -133]
    const bytes = file({ w: { dtype: 'BF16', shape: [2, 3], data_offsets: [0, 12] } }, 12)
    const view = new DataView(bytes.buffer, bytes.length - 12)
    values.forEach((value, i) => {
      const float = new DataView(new ArrayBuffer(4))
      float.setFloat32(0, value)
      view.setUint16(2 * i, float.getUint16(0), true)
    })
    const { tensors } = decodeSafetensors(bytes)
    expect(tensors.get('w')).toEqual(tensor('float32', [2, 3], Float32Array.from(values)))
  })

  it('write no tensors that the format cannot hold', () => {
    const w = zeros('float32', [2])
    const write = (name: string, given: Tensor) => () => encodeSafetensors(new Map([[name, given]]))
    expect(write('__metadata__', w)).toThrow(/other than __metadata__/)
    expect(write('\ud83e', w)).toThrow(/valid Unicode/)
    expect(write('w', { ...w, dims: [3] })).toThrow(/shape \[3\] for float32 tensor "w" but received 2/)
  })
})

describe('decodeSafetensors refuses with E_MODEL', () => {
  const tooLong = file('{}')
  tooLong[0] = 3
  const enormous = file('{}')
  enormous.fill(255, 0, 8)
  const brokenText = file('{"a": 0}')
  brokenText[10] = 0xff
  const refused: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['no bytes', new Uint8Array(), /at least 8 bytes/],
    ['a header longer than the file', tooLong, /a header of at most 2 bytes .* "a length of 3"/],
    ['a header of 2^64 bytes', enormous, /at most 2 bytes/],
    ['no JSON', file('{"a": '), /a header in JSON/],
    ['no UTF-8', brokenText, /a header in JSON/],
    ['endless nesting', file('['.repeat(500_000)), /JSON/],
    ['an array as header', file('[]'), /a JSON object as header/],
    ['null as header', file('null'), /a JSON object as header/],
    ['metadata that is no object', file({ __metadata__: ['a'] }), /metadata/],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }), /a text under "a"/],
    ['an entry that is no object', file({ w: null }), /one of U64.* received nothing/],
    ['no data type', file({ w: { shape: [], data_offsets: [0, 4] } }, 4), /one of U64/],
    ['an eight-bit float', file({ w: { ...f32([], 0, 1), dtype: 'F8_E4M3' } }, 1), /received "F8_E4M3"/],
    ['a data type named like a method', file({ w: { ...f32([], 0, 4), dtype: 'constructor' } }, 4), /"constructor"/],
    ['no shape', file({ w: f32(undefined, 0, 4) }, 4), /a shape/],
    ['a negative size', file({ w: f32([-1], 0, 4) }, 4), /a shape/],
    ['half a size', file({ w: f32([0.5], 0, 4) }, 4), /a shape/],
    ['a size as text', file({ w: f32(['1'], 0, 4) }, 4), /a shape/],
    ['nested sizes', file(`{"w":{"dtype":"F32","shape":${'['.repeat(1e5)}${']'.repeat(1e5)}}}`), /a shape/],
    ['sizes whose product overflows', file({ w: f32([2 ** 40, 2 ** 40], 0, 4) }, 4), /a shape/],
    ['no offsets', file({ w: { dtype: 'F32', shape: [] } }, 4), /data_offsets/],
    ['three offsets', file({ w: f32([], 0, 4, 8) }, 8), /data_offsets/],
    ['offsets as texts', file({ w: f32([], '0', '4') }, 4), /data_offsets/],
    ['offsets backwards', file({ w: f32([], 4, 0) }, 4), /4 bytes of float32 \[\]/],
    ['too few bytes', file({ w: f32([2], 0, 4) }, 4), /8 bytes of float32 \[2\] .* "bytes 0 to 4"/],
    ['bytes beyond the end', file({ w: f32([2], 0, 8) }, 4), /within 4 bytes/],
    ['a huge tensor', file({ w: f32([2 ** 50], 0, 2 ** 52) }, 4), /within 4 bytes/],
    ['bytes before the start', file({ w: f32([2], -4, 4) }, 4), /from byte 0/],
    ['overlapping tensors', file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), /from byte 8 .*tensor "b"/],
    ['a hole', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /from byte 4 .*tensor "b"/],
    ['bytes that belong to no tensor', file({ a: f32([1], 0, 4) }, 6), /4 bytes of data .* "6 bytes"/],
  ]
  it.each(refused)('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'E_MODEL' }))
    expect(() => decodeSafetensors(bytes)).toThrow(message)
  })
})

describe('decodeSafetensors with damaged bytes', () => {
  function expectTensorsOrError(bytes: Uint8Array): void {
    let decoded: SafetensorsFile
    try {
      decoded = decodeSafetensors(bytes)
    } catch (error) {
      if (!(error instanceof LocatorError) || error.code !== 'E_MODEL') throw error
      return
    }
    for (const { type, dims, data } of decoded.tensors.values()) expect(tensor(type, dims, data as never)).toBeDefined()
  }

  it('gives whole tensors or E_MODEL, for every flipped bit and every truncation', () => {
    const bytes = encodeSafetensors(randomTensors(4), new Map([['format', 'pt']]))
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice()
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      expectTensorsOrError(damaged)
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'E_MODEL' }))
    }
  })
})
