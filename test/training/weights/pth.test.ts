import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/prng.js'
import { type Tensor, tensor } from '../../../src/tensor.js'
import { crc32 } from '../../../src/training/weights/crc32.js'
import { decodeWeights } from '../../../src/training/weights/decode-weights.js'
import { float16ToFloat32 } from '../../../src/training/weights/half-floats.js'
import { decodePth } from '../../../src/training/weights/pth.js'
import { bytesOf, dictProgram, pthOf, tensorProgram, text, writePth, writeZip } from '../../support/pth-writer.js'

const fixtures = new URL('../../fixtures/weights/', import.meta.url)
const fixture = (name: string): Uint8Array => readFileSync(new URL(name, fixtures))

interface ExpectedTensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly values: readonly (number | string)[]
}
const expectedFiles: Record<string, Record<string, ExpectedTensor>> = JSON.parse(
  readFileSync(new URL('expected.json', fixtures), 'utf8'),
)

/** A tensor as `expected.json` tells them, with values as numbers. */
function told({ type, dims, data }: Tensor): { dtype: string; shape: readonly number[]; values: number[] } {
  const numbers = type === 'float16' ? float16ToFloat32(data as Uint16Array) : data
  return { dtype: type, shape: dims, values: Array.from(numbers as Float32Array, Number) }
}

function expectFixture(name: string, expected: Record<string, ExpectedTensor>): void {
  const tensors = decodePth(fixture(name), name)
  expect([...tensors.keys()]).toEqual(Object.keys(expected))
  for (const [key, { dtype, shape, values }] of Object.entries(expected)) {
    // Bfloat16 is read as float32.
    const type = dtype === 'bfloat16' ? 'float32' : dtype
    expect(told(tensors.get(key)!), key).toEqual({ dtype: type, shape, values: values.map(Number) })
  }
}

describe('decodePth', () => {
  it.each([
    ['state-dict.pth', 'state-dict.pth'],
    ['protocol-5.pth', 'state-dict.pth'],
    ['no-checksums.pth', 'state-dict.pth'],
    ['training-state.pt', 'training-state.pt'],
  ])('reads what PyTorch wrote: %s', (name, expected) => {
    expectFixture(name, expectedFiles[expected]!)
  })

  it('reads a state dict under the usual keys', () => {
    const data = Uint8Array.of(0, 0, 128, 63)
    const inner = dictProgram({ w: tensorProgram({ key: '0', count: 1, dims: [1], strides: [1] }) }).slice(2, -1)
    for (const key of ['model_state_dict', 'state_dict', 'model']) {
      const tensors = decodePth(pthOf(dictProgram({ epoch: 'K\x01', [key]: inner }), { 0: data }))
      expect(tensors).toEqual(new Map([['w', tensor('float32', [1], Float32Array.of(1))]]))
    }
  })

  it('copies views with any strides as indexing gives them', () => {
    const random = Random.from('views')
    const elements = Float32Array.from({ length: 60 }, (_, i) => i)
    for (let trial = 0; trial < 200; trial++) {
      const dims = Array.from({ length: random.integer(4) }, () => 1 + random.integer(4))
      const strides = dims.map(() => random.integer(5))
      const offset = random.integer(3)
      const expected = [offset]
      for (const [axis, dim] of dims.entries()) {
        const before = expected.splice(0)
        for (const index of before) for (let i = 0; i < dim; i++) expected.push(index + i * strides[axis]!)
      }
      const program = dictProgram({ w: tensorProgram({ key: '0', count: 60, offset, dims, strides }) })
      const view = decodePth(pthOf(program, { 0: new Uint8Array(elements.buffer) })).get('w')!
      expect(view.dims).toEqual(dims)
      expect([...view.data]).toEqual(expected)
    }
  })

  it('reads files whose bytes lie anywhere in memory', () => {
    const bytes = writePth(new Map([['w', tensor('float32', [2], Float32Array.of(1, -2))]]))
    const shifted = new Uint8Array(bytes.length + 3).subarray(3)
    shifted.set(bytes)
    expect([...decodePth(shifted).get('w')!.data]).toEqual([1, -2])
  })
})

describe('decodeWeights says what to do with other files of PyTorch', () => {
  const refused: [what: string, bytes: Uint8Array, message: RegExp, hint: RegExp][] = [
    [
      'the old format',
      fixture('legacy.pth'),
      /old format, a bare pickle/,
      /torch\.save\(model\.state_dict\(\), path\)/,
    ],
    ['an older one, a tar file', tarFile(), /old format/, /current release/],
    [
      'a whole module',
      fixture('whole-model.pth'),
      /"torch\.nn\.modules\.container\.Sequential"/,
      /Nothing of it was run/,
    ],
    ['TorchScript', torchScript(), /"a TorchScript program"/, /torch\.jit\.load\(path\)\.state_dict\(\)/],
    ['a big-endian file', bigEndian(), /big-endian/, /^$/],
    [
      'a dict without tensors',
      pthOf(dictProgram({ net: '}', epoch: 'K\x01' })),
      /of its 2 entries "net" is no tensor/,
      /model_state_dict/,
    ],
    ['a lone number', pthOf('\x80\x02K\x01.'), /a state dict .* received 1/, /^$/],
    ['no format at all', bytesOf('hello world, this is a text'), /a \.pth or \.safetensors file or a checkpoint/, /^$/],
    ['an empty file', new Uint8Array(), /a \.pth or \.safetensors file/, /^$/],
  ]
  it.each(refused)('%s', (_, bytes, message, hint) => {
    let error: unknown
    try {
      decodeWeights(bytes, 'weights x')
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'E_MODEL', message: expect.stringMatching(message) })
    expect((error as { hint?: string }).hint ?? '').toMatch(hint)
  })
})

it('crc32 gives the check value of its catalogue', () => {
  expect(crc32(bytesOf('123456789'))).toBe(0xcbf43926)
})

it('float16ToFloat32 is exact for every pattern that is a number', () => {
  const floats = float16ToFloat32(Uint16Array.from({ length: 65536 }, (_, pattern) => pattern))
  // The powers of two, the extremes and the first subnormal, by IEEE 754.
  expect([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00, 0xfc00].map(pattern => floats[pattern])).toEqual([
    1,
    -2,
    65504,
    2 ** -14,
    2 ** -24,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ])
  expect(Object.is(floats[0x8000], -0)).toBe(true)
  const positive = floats.slice(0, 0x7c01)
  expect(positive.every((value, i) => i === 0 || value > positive[i - 1]!)).toBe(true)
  expect(floats.filter(Number.isNaN)).toHaveLength(2 * 1023)
})

function torchScript(): Uint8Array {
  return writeZip([
    ['net/data.pkl', bytesOf('\x80\x02c__torch__.Net\nNet\n)\x81.')],
    ['net/constants.pkl', bytesOf('\x80\x02).')],
    ['net/code/__torch__.py', bytesOf('class Net')],
  ])
}

function bigEndian(): Uint8Array {
  return writeZip([
    ['a/data.pkl', bytesOf(dictProgram({ w: text('x') }))],
    ['a/byteorder', bytesOf('big')],
  ])
}

function tarFile(): Uint8Array {
  const bytes = new Uint8Array(1024)
  bytes.set(bytesOf('storages'), 0)
  bytes.set(bytesOf('ustar'), 257)
  return bytes
}
