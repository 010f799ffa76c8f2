import { Builder } from 'flatbuffers'
import { describe, expect, it } from 'vitest'
import { LocatorError } from '../../src/errors.js'
import { Random } from '../../src/prng.js'
import { tensor } from '../../src/tensor.js'
import type { Checkpoint } from '../../src/training/checkpoint/checkpoint.js'
import { decodeCheckpoint } from '../../src/training/checkpoint/read-checkpoint.js'
import { encodeCheckpoint } from '../../src/training/checkpoint/write-checkpoint.js'
import { comparableCheckpoint, randomCheckpoint } from '../support/random-checkpoint.js'

/** Whatever the bytes are: a checkpoint that can be written and read again, or E_CHECKPOINT in one sentence. */
function expectCheckpointOrError(bytes: Uint8Array): void {
  let decoded: Checkpoint
  try {
    decoded = decodeCheckpoint(bytes)
  } catch (error) {
    if (!(error instanceof LocatorError) || error.code !== 'E_CHECKPOINT') throw error
    if (!/^Expected .{5,500}\.$/s.test(error.message)) throw new Error(`Not a short sentence: ${error.message}`)
    return
  }
  expect(comparableCheckpoint(decodeCheckpoint(encodeCheckpoint(decoded)))).toEqual(comparableCheckpoint(decoded))
}

/** Small, with everything that a file can have. */
function example(): Checkpoint {
  const w = tensor('float32', [1, 2], new Float32Array([1, 2]))
  const mean = tensor('float64', [], new Float64Array([3]))
  return {
    trainable: new Map([['w', w]]),
    frozen: new Map([['mean', mean]]),
    optimizer: {
      group: 'group0',
      step: 5,
      initialLearningRate: 0.5,
      moments: new Map([['w', { first: w, second: w }]]),
    },
    properties: new Map<string, bigint | number | string>([
      ['epoch', 3n],
      ['best', 0.75],
      ['note', 'texte'],
    ]),
  }
}

describe('decodeCheckpoint with damaged bytes', () => {
  const bytes = encodeCheckpoint(example())

  it('survives every single flipped bit', () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice()
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      expectCheckpointOrError(damaged)
    }
  })

  it('survives every 32-bit word set to a small, a negative and a huge number', () => {
    for (let position = 0; position + 4 <= bytes.length; position += 2) {
      for (const value of [0, 1, 4, -4, -position, bytes.length, 0x7fffffff, 0x80000000, 0xffffffff]) {
        const damaged = bytes.slice()
        new DataView(damaged.buffer).setInt32(position, value, true)
        expectCheckpointOrError(damaged)
      }
    }
  })

  it('refuses every truncation', () => {
    // The last bytes may be padding.
    const end = bytes.length - [...bytes].reverse().findIndex(byte => byte !== 0) + 1
    expect(comparableCheckpoint(decodeCheckpoint(bytes.subarray(0, end)))).toEqual(comparableCheckpoint(example()))
    for (let length = 0; length < end; length++) {
      const cut = bytes.subarray(0, length)
      expect(() => decodeCheckpoint(cut)).toThrow(expect.objectContaining({ code: 'E_CHECKPOINT' }))
    }
  })

  it('survives random changes of random files', () => {
    const random = Random.from(3, 'damage')
    for (let seed = 0; seed < 500; seed++) {
      const damaged = encodeCheckpoint(randomCheckpoint(seed, 4))
      for (let i = 0; i < 1 + random.integer(6); i++) damaged[random.integer(damaged.length)] = random.integer(256)
      expectCheckpointOrError(damaged)
    }
  })

  it('survives random bytes behind a right header', () => {
    const random = Random.from(4, 'noise')
    for (let round = 0; round < 500; round++) {
      const noise = Uint8Array.from({ length: 8 + random.integer(300) }, () =>
        random.integer(random.chance(0.5) ? 256 : 9),
      )
      noise.set(bytes.subarray(4, 8), 4)
      noise.set([8 + random.integer(8), 0, 0, 0])
      expectCheckpointOrError(noise)
    }
  })
})

// A writer without any checks: tables and vectors of whatever is asked for.

type Field = (builder: Builder) => (() => void) | null

/** A table; each field first writes what it points to, then its own value. */
const table =
  (...fields: Field[]) =>
  (builder: Builder): number => {
    const values = fields.map(field => field(builder))
    builder.startObject(fields.length)
    values.forEach((write, slot) => {
      if (write === null) return
      write()
      builder.slot(slot)
    })
    return builder.endObject()
  }

type Child = (builder: Builder) => number

const absent: Field = () => null
const int32 =
  (value: number): Field =>
  builder =>
  () =>
    builder.addInt32(value)
const int64 =
  (value: bigint): Field =>
  builder =>
  () =>
    builder.addInt64(value)
const bool =
  (value: boolean): Field =>
  builder =>
  () =>
    builder.addInt8(value ? 1 : 0)
const child =
  (write: Child): Field =>
  builder => {
    const offset = write(builder)
    return () => builder.addOffset(offset)
  }
const text = (value: string | Uint8Array) => child(builder => builder.createString(value))
const blob = (size: number) => child(builder => builder.createByteVector(new Uint8Array(size)))
const vector = (...items: Child[]) =>
  child(builder =>
    offsets(
      builder,
      items.map(item => item(builder)),
    ),
  )
const dims = (...sizes: (bigint | number)[]) =>
  child(builder => {
    builder.startVector(8, sizes.length, 8)
    for (const size of sizes.reverse()) builder.addInt64(BigInt(size))
    return builder.endVector()
  })

function offsets(builder: Builder, items: readonly number[]): number {
  builder.startVector(4, items.length, 4)
  for (const item of [...items].reverse()) builder.addOffset(item)
  return builder.endVector()
}

function build(root: Child, identifier = 'ODTC'): Uint8Array {
  const builder = new Builder()
  builder.finish(root(builder), identifier)
  return builder.asUint8Array()
}

interface Parts {
  version?: Field
  trainable?: Field
  frozen?: Field
  nominal?: Field
  external?: Field
  state?: Field
  groups?: Field
  bag?: Field
}

function checkpoint(parts: Parts): Uint8Array {
  const { trainable = vector(), frozen = vector(), nominal = absent, external = absent } = parts
  const state = parts.state ?? child(table(trainable, frozen, nominal, external))
  return build(table(parts.version ?? int32(2), state, parts.groups ?? absent, parts.bag ?? absent))
}

interface TensorParts {
  name?: Field
  shape?: Field
  type?: Field
  data?: Field
  external?: Field
}

const tensorTable = ({ name, shape, type, data, external }: TensorParts = {}): Child =>
  table(name ?? text('w'), absent, shape ?? dims(2), type ?? int32(1), data ?? blob(8), absent, external ?? absent)
const oneTensor = (parts: TensorParts) => checkpoint({ trainable: vector(tensorTable(parts)) })

const momentum = (index: number, size = 2) =>
  tensorTable({ name: text(`momentum${index}`), shape: dims(size), data: blob(4 * size) })
const stateOf = (name: string, ...moments: Child[]): Child => table(text(name), vector(...moments))
const group = (name: Field, states: Field): Child => table(name, int64(1n), absent, states)
const withGroups = (...groups: Child[]) => checkpoint({ trainable: vector(tensorTable()), groups: vector(...groups) })
const withStates = (...states: Child[]) => withGroups(group(text('group0'), vector(...states)))
const property = (name: string): Child => table(text(name), int64(1n))

describe('decodeCheckpoint refuses with E_CHECKPOINT', () => {
  const refused: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['no bytes', new Uint8Array(), /a header within the file's 0 bytes/],
    ['a text', new TextEncoder().encode('epoch,loss,accuracy\n'), /file identifier "ODTC" .* received "h,lo"/],
    ['another FlatBuffers file', build(table(int32(2)), 'ORTM'), /"ODTC" .* "ORTM"/],
    ['version 1', checkpoint({ version: int32(1) }), /format version 2 .* received 1/],
    ['no version', checkpoint({ version: absent }), /format version 2 .* received 0/],
    ['no module state', checkpoint({ state: absent }), /a module state/],
    ['no trainable parameters', checkpoint({ trainable: absent }), /trainable parameters/],
    ['no frozen parameters', checkpoint({ frozen: absent }), /frozen parameters/],
    ['a nominal checkpoint', checkpoint({ nominal: bool(true) }), /nominal/],
    ['external data', checkpoint({ external: bool(true) }), /external data/],
    ['external data of one tensor', oneTensor({ external: int64(0n) }), /external data/],
    ['a tensor without name', oneTensor({ name: absent }), /a name for a tensor/],
    ['an empty name', oneTensor({ name: text('') }), /at least one letter/],
    ['a name that is no UTF-8', oneTensor({ name: text(Uint8Array.of(0xff, 0xfe)) }), /UTF-8/],
    [
      'a name of a megabyte',
      oneTensor({ name: text('n'.repeat(1e6)), shape: absent }),
      /a shape for tensor "n{117}\.\.\."/,
    ],
    ['no shape', oneTensor({ shape: absent }), /a shape for tensor "w"/],
    ['no data', oneTensor({ data: absent }), /data for tensor "w"/],
    ['no data type', oneTensor({ type: absent }), /one of float32.* received "data type 0"/],
    ['texts as elements', oneTensor({ type: int32(8) }), /data type 8/],
    ['an unknown data type', oneTensor({ type: int32(99) }), /data type 99/],
    ['too little data', oneTensor({ data: blob(7) }), /8 bytes of float32 \[2\] .* "7 bytes"/],
    ['too much data', oneTensor({ data: blob(9) }), /8 bytes of float32 \[2\] .* "9 bytes"/],
    ['a negative size', oneTensor({ shape: dims(-2) }), /a shape .* \[-2\]/],
    ['two negative sizes', oneTensor({ shape: dims(-1, -2) }), /a shape .* \[-1, -2\]/],
    ['a huge shape', oneTensor({ shape: dims(2n ** 40n) }), /bytes of float32 \[1099511627776\]/],
    ['a shape beyond numbers', oneTensor({ shape: dims(2n ** 62n, 4) }), /a shape of/],
    ['a product of sizes that wraps around', oneTensor({ shape: dims(2n ** 32n, 2n ** 32n) }), /a shape of/],
    ['a hundred axes', oneTensor({ shape: dims(...Array(100).fill(1)) }), /at most 64/],
    ['a name twice', checkpoint({ trainable: vector(tensorTable(), tensorTable()) }), /"w" twice/],
    [
      'a name in both vectors',
      checkpoint({ trainable: vector(tensorTable()), frozen: vector(tensorTable()) }),
      /"w" twice/,
    ],
    ['an optimizer group without name', withGroups(group(absent, vector())), /a name for an optimizer group/],
    ['another optimizer group', withGroups(group(text('backbone'), vector())), /"group0" .* "backbone"/],
    ['two groups', withGroups(...['group0', 'group0'].map(name => group(text(name), vector()))), /"several"/],
    ['a group without states', withGroups(group(text('group0'), absent)), /optimizer states/],
    ['a state without name', withStates(table(absent, vector())), /a name for an optimizer state/],
    ['a state without moments', withStates(table(text('w'), absent)), /moments for the optimizer state of "w"/],
    ['one moment', withStates(stateOf('w', momentum(0))), /momentum0 and momentum1/],
    ['three moments', withStates(stateOf('w', momentum(0), momentum(1), momentum(2))), /momentum0 and momentum1/],
    ['a moment twice', withStates(stateOf('w', momentum(0), momentum(0))), /"momentum0" twice/],
    [
      'a moment of another size',
      withStates(stateOf('w', momentum(0), momentum(1, 3))),
      /float32 \[2\] .* "float32 \[3\]"/,
    ],
    ['moments of nothing', withStates(stateOf('v', momentum(0), momentum(1))), /moments of parameter "w"/],
    ['states twice', withStates(...[1, 2].map(() => stateOf('w', momentum(0), momentum(1)))), /"w" twice/],
    [
      'a property without name',
      checkpoint({ bag: child(table(vector(table(absent, int64(1n))))) }),
      /a name for a property/,
    ],
    [
      'a text without value',
      checkpoint({ bag: child(table(absent, absent, vector(table(text('a'))))) }),
      /a value for property "a"/,
    ],
    ['a property twice', checkpoint({ bag: child(table(vector(property('a'), property('a')))) }), /"a" twice/],
  ]
  it.each(refused)('%s', (_, bytes, message) => {
    expect(() => decodeCheckpoint(bytes)).toThrow(expect.objectContaining({ code: 'E_CHECKPOINT' }))
    expect(() => decodeCheckpoint(bytes)).toThrow(message)
  })
})

describe('decodeCheckpoint is not led around', () => {
  const once = (write: Child): Child => {
    let offset: number | undefined
    return builder => (offset ??= write(builder))
  }

  it('by thousands of tensors that share the same megabyte', () => {
    const shared = once(builder => builder.createByteVector(new Uint8Array(1 << 20)))
    const tensors = Array.from({ length: 5000 }, (_, i) =>
      tensorTable({ name: text(`w${i}`), shape: dims(1 << 18), data: child(shared) }),
    )
    expect(() => decodeCheckpoint(checkpoint({ trainable: vector(...tensors) }))).toThrow(/do not overlap/)
  })

  it('by thousands of properties that share the same megabyte of text', () => {
    const shared = once(builder => builder.createString('n'.repeat(1 << 20)))
    const texts = Array.from({ length: 5000 }, (_, i) => table(text(`p${i}`), child(shared)))
    expect(() => decodeCheckpoint(checkpoint({ bag: child(table(absent, absent, vector(...texts))) }))).toThrow(
      /do not overlap/,
    )
  })

  it('by a vector that names one tensor a million times', () => {
    const shared = once(tensorTable())
    const repeated = child(builder => {
      const tensorOffset = shared(builder)
      return offsets(builder, Array(1_000_000).fill(tensorOffset))
    })
    expect(() => decodeCheckpoint(checkpoint({ trainable: repeated }))).toThrow(/"w" twice/)
  })

  it('by tables that point to themselves', () => {
    // One table of two fields that both lead to the table itself, as root, module state, vector and tensor.
    const bytes = new Uint8Array(64)
    const view = new DataView(bytes.buffer)
    bytes.set(new TextEncoder().encode('ODTC'), 4)
    view.setUint32(0, 32, true)
    view.setUint16(16, 12, true) // the description: its size, the table's size, then one offset for each field
    view.setUint16(18, 24, true)
    for (const [slot, offset] of [4, 8, 12, 16].entries()) view.setUint16(20 + 2 * slot, offset, true)
    view.setInt32(32, 16, true)
    view.setInt32(36, 2, true)
    for (const position of [40, 44, 48]) view.setInt32(position, 32 - position, true)
    expectCheckpointOrError(bytes)
    // FlatBuffers' offsets are unsigned: the way back is a way far beyond the end.
    expect(() => decodeCheckpoint(bytes)).toThrow(/a table within the file's 64 bytes/)
    // An offset of 0 does lead to itself.
    for (const position of [40, 44, 48]) view.setInt32(position, 0, true)
    expect(() => decodeCheckpoint(bytes)).toThrow(expect.objectContaining({ code: 'E_CHECKPOINT' }))
  })

  it('by vectors as long as they can be', () => {
    const bytes = encodeCheckpoint(example())
    const view = new DataView(bytes.slice().buffer)
    for (const length of [0xffffffff, 0x40000000, bytes.length]) {
      const damaged = bytes.slice()
      for (let position = 8; position + 4 <= bytes.length; position += 4) {
        damaged.set(bytes)
        if (view.getUint32(position, true) > 2) continue
        new DataView(damaged.buffer).setUint32(position, length, true)
        expectCheckpointOrError(damaged)
      }
    }
  })
})

describe('decodeCheckpoint accepts', () => {
  it('what the format allows and this package does not write', () => {
    // Shared texts, fields of later versions, absent defaults.
    const shared = (builder: Builder) => builder.createSharedString('w')
    const file = checkpoint({
      trainable: vector(tensorTable({ name: child(shared) })),
      groups: vector(
        table(text('group0'), absent, absent, vector(table(child(shared), vector(momentum(0), momentum(1)))), int32(7)),
      ),
      bag: child(table(absent, vector(table(text('best'), absent)))),
    })
    const decoded = decodeCheckpoint(file)
    expect(decoded.optimizer).toMatchObject({ step: 0, initialLearningRate: 0 })
    expect([...decoded.optimizer!.moments.keys()]).toEqual(['w'])
    expect([...decoded.properties]).toEqual([['best', 0]])
  })
})
