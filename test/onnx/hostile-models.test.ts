import { describe, expect, it } from 'vitest'
import { LocatorError } from '../../src/errors.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import { parseModel } from '../../src/onnx/parse.js'
import { serializeModel } from '../../src/onnx/serialize.js'
import { Random } from '../../src/prng.js'
import { tensor } from '../../src/tensor.js'
import { elementTypes, intAttribute, modelBytes, nodeProto, reluModel, valueProto } from '../support/model-proto.js'

/** A bit of everything that a file can hold. */
function sample(): Uint8Array {
  const b = new GraphBuilder('sample')
  const x = b.input('x', 'float32', ['P', 3, 8, 8])
  const w = b.initializer('w', tensor('float32', [4, 3, 3, 3], new Float32Array(108).fill(0.5)))
  const conv = b.emit('Conv', [x, w], { pads: [1, 1, 1, 1], strides: [2, 2] })
  const rows = b.emit('Reshape', [b.emit('HardSigmoid', [conv], { alpha: 0.25 }), b.ints([0, -1])])
  const grad = b.emit('HardSwishGrad', [rows, rows])
  b.emit('Pad', [grad, b.ints([0, 1, 0, 1])], { mode: 'edge' })
  b.output(b.emit('Concat', [grad, b.emit('Slice', [rows, b.ints([0]), b.ints([5]), b.ints([1])])], { axis: 1 }))
  return serializeModel(b.build({ note: 'text' }))
}

const damaged = (code: string, what: string) =>
  expect.objectContaining({ name: 'LocatorError', code, message: expect.stringContaining(what) })

/** Sequences of sequences of ... */
function nestedType(depth: number): object {
  let type: object = { value: { case: 'tensorType', value: { elemType: 1 } } }
  for (let i = 0; i < depth; i++) type = { value: { case: 'sequenceType', value: { elemType: type } } }
  return type
}

/** A chain of nodes that each take the one before twice: whatever is kept per node must not double. */
function doubling(opType: string, first: string, length: number, attribute: ReturnType<typeof intAttribute>[] = []) {
  return Array.from({ length }, (_, i) =>
    nodeProto(opType, [i === 0 ? first : `d${i - 1}`, i === 0 ? first : `d${i - 1}`], [`d${i}`], attribute),
  )
}

const tensors = (proto: object) =>
  modelBytes({ initializer: [{ name: 't', dataType: 1, ...proto }], output: [{ name: 't' }] })
const shapeOfX = nodeProto('Shape', ['x'], ['s'])
const symbolic = [valueProto('x', ['P', 'Q'])]

const hostile: [name: string, bytes: () => Uint8Array, code: 'E_MODEL' | 'E_OP_UNSUPPORTED', what: string][] = [
  ['nothing', () => new Uint8Array(0), 'E_MODEL', 'with a graph'],
  ['text', () => Buffer.from('this is not a model at all, believe me'), 'E_MODEL', '38 bytes that are none'],
  ['zeros', () => new Uint8Array(1000), 'E_MODEL', '1000 bytes that are none'],
  ['a graph without a version', () => reluModel({}, { opsetImport: [] }), 'E_MODEL', 'operator set 13 to 17'],
  ['an old version', () => reluModel({}, { opsetImport: [{ domain: '', version: 11n }] }), 'E_MODEL', 'received 11'],
  [
    'a version to come',
    () => reluModel({}, { opsetImport: [{ domain: '', version: 2n ** 62n }] }),
    'E_MODEL',
    'operator set',
  ],
  [
    'an unknown operator',
    () => reluModel({ node: [nodeProto('Einsum', ['x'], ['y'])] }),
    'E_OP_UNSUPPORTED',
    '"Einsum"',
  ],
  [
    'an operator called like a method',
    () => reluModel({ node: [nodeProto('constructor', ['x'], ['y'])] }),
    'E_OP_UNSUPPORTED',
    '"constructor"',
  ],
  [
    'an operator of another domain',
    () => reluModel({ node: [nodeProto('Relu', ['x'], ['y'], [], { domain: 'evil' })] }),
    'E_OP_UNSUPPORTED',
    '"evil.Relu"',
  ],
  [
    'a foreign function',
    () => reluModel({}, { functions: [{ name: 'f', domain: 'other' }] }),
    'E_OP_UNSUPPORTED',
    'other.f',
  ],
  [
    'a function called like a method',
    () => reluModel({}, { functions: [{ name: 'toString', domain: 'piece_locator' }] }),
    'E_OP_UNSUPPORTED',
    'toString',
  ],
  [
    'a subgraph',
    () => reluModel({ node: [nodeProto('Relu', ['x'], ['y'], [{ name: 'body', type: 5, g: {} }])] }),
    'E_OP_UNSUPPORTED',
    '"body"',
  ],
  [
    'an unknown attribute',
    () => reluModel({ node: [nodeProto('Relu', ['x'], ['y'], [intAttribute('slope', 1)])] }),
    'E_OP_UNSUPPORTED',
    '"slope"',
  ],
  [
    'an attribute of no type',
    () => reluModel({ node: [nodeProto('Softmax', ['x'], ['y'], [{ name: 'axis' }])] }),
    'E_OP_UNSUPPORTED',
    '"axis"',
  ],
  [
    'an attribute that refers to another',
    () => reluModel({ node: [nodeProto('Softmax', ['x'], ['y'], [{ ...intAttribute('axis', 0), refAttrName: 'a' }])] }),
    'E_OP_UNSUPPORTED',
    '"axis"',
  ],
  [
    'an attribute of the wrong kind',
    () => reluModel({ node: [nodeProto('Transpose', ['x'], ['y'], [intAttribute('perm', 1)])] }),
    'E_MODEL',
    'whole numbers',
  ],
  [
    'a tensor attribute without a tensor',
    () => reluModel({ node: [nodeProto('Constant', [], ['y'], [{ name: 'value', type: 4 }])] }),
    'E_OP_UNSUPPORTED',
    '"value"',
  ],
  [
    'a text that is no UTF-8',
    () =>
      reluModel({ node: [nodeProto('Pad', ['x', 'x'], ['y'], [{ name: 'mode', type: 3, s: Uint8Array.of(255) }])] }),
    'E_MODEL',
    'UTF-8',
  ],
  [
    'a cycle',
    () => reluModel({ node: [nodeProto('Add', ['x', 'z'], ['y']), nodeProto('Relu', ['y'], ['z'])] }),
    'E_MODEL',
    '"z"',
  ],
  ['a node that reads itself', () => reluModel({ node: [nodeProto('Relu', ['y'], ['y'])] }), 'E_MODEL', '"y"'],
  [
    'nodes in the wrong order',
    () => reluModel({ node: [nodeProto('Relu', ['h'], ['y']), nodeProto('Relu', ['x'], ['h'])] }),
    'E_MODEL',
    '"h"',
  ],
  [
    'a value that is made twice',
    () => reluModel({ node: [nodeProto('Relu', ['x'], ['y']), nodeProto('Relu', ['x'], ['y'])] }),
    'E_MODEL',
    'a new name',
  ],
  ['an input twice', () => reluModel({ input: [valueProto('x', [2]), valueProto('x', [2])] }), 'E_MODEL', 'a new name'],
  [
    'an initializer twice',
    () => modelBytes({ initializer: [1, 2].map(() => ({ name: 't', dataType: 1, dims: [], floatData: [1] })) }),
    'E_MODEL',
    'a new name',
  ],
  ['an input without a name', () => reluModel({ input: [valueProto('', [2])] }), 'E_MODEL', 'a new name'],
  ['an output that does not exist', () => reluModel({ output: [valueProto('z', [2])] }), 'E_MODEL', '"z"'],
  [
    'an output twice',
    () => reluModel({ output: [valueProto('y', [2]), valueProto('y', [2])] }),
    'E_MODEL',
    'each output once',
  ],
  [
    'a declared shape that is wrong',
    () => reluModel({ output: [valueProto('y', [3])] }),
    'E_MODEL',
    'declared type of value "y"',
  ],
  ['a declared rank that is wrong', () => reluModel({ output: [valueProto('y', [2, 1])] }), 'E_MODEL', 'declared type'],
  [
    'a declared element type that is wrong',
    () => reluModel({ valueInfo: [valueProto('y', [2], elementTypes.int64)], output: [{ name: 'y' }] }),
    'E_MODEL',
    'declared type',
  ],
  [
    'an input of strings',
    () => reluModel({ input: [valueProto('x', [2], elementTypes.string)] }),
    'E_MODEL',
    'numeric element type',
  ],
  ['an input without a type', () => reluModel({ input: [{ name: 'x' }] }), 'E_MODEL', 'known rank'],
  ['an input of negative size', () => reluModel({ input: [valueProto('x', [-1])] }), 'E_MODEL', 'sizes from 0'],
  [
    'an input of a size beyond all numbers',
    () => reluModel({ node: [nodeProto('Size', ['x'], ['y'])], input: [valueProto('x', [2 ** 53])] }),
    'E_MODEL',
    'sizes from 0',
  ],
  [
    'sizes whose product is beyond all numbers',
    () =>
      reluModel({
        input: [valueProto('x', [2 ** 40, 2 ** 40])],
        node: [nodeProto('Flatten', ['x'], ['y'], [intAttribute('axis', 0)])],
        output: [{ name: 'y' }],
      }),
    'E_MODEL',
    'below 2^53',
  ],
  ['a tensor of a terabyte without data', () => tensors({ dims: [2n ** 38n] }), 'E_MODEL', 'elements'],
  [
    'a tensor of a terabyte with little data',
    () => tensors({ dims: [2n ** 38n], rawData: new Uint8Array(8) }),
    'E_MODEL',
    'bytes',
  ],
  [
    'a tensor of astronomic size',
    () => tensors({ dims: Array(40).fill(2n ** 52n), floatData: [1] }),
    'E_MODEL',
    'elements',
  ],
  [
    'a tensor of negative size',
    () => tensors({ dims: [-1n, -4n], floatData: [1, 2, 3, 4] }),
    'E_MODEL',
    'sizes from 0',
  ],
  ['a tensor with too much data', () => tensors({ dims: [1n], floatData: [1, 2] }), 'E_MODEL', '1 elements'],
  ['data for an empty tensor', () => tensors({ dims: [0n], rawData: new Uint8Array(4) }), 'E_MODEL', '0 bytes'],
  [
    'a tensor of strings',
    () => tensors({ dataType: elementTypes.string, dims: [1n] }),
    'E_MODEL',
    'numeric element type',
  ],
  [
    'a number that its type does not hold',
    () => tensors({ dataType: elementTypes.uint8, dims: [1n], int32Data: [256] }),
    'E_MODEL',
    'elements of type uint8',
  ],
  [
    'data in another file',
    () => tensors({ dims: [1n], dataLocation: 1, externalData: [{ key: 'location', value: '/etc/passwd' }] }),
    'E_MODEL',
    'within the file',
  ],
  [
    'a thousandfold nested type',
    () => reluModel({ input: [{ name: 'x', type: nestedType(1000) }] }),
    'E_MODEL',
    'bytes that are none',
  ],
  [
    'a concatenation that doubles forever',
    () =>
      reluModel({
        input: symbolic,
        node: [shapeOfX, ...doubling('Concat', 's', 60, [intAttribute('axis', 0)])],
        output: [{ name: 'd59' }],
      }),
    'E_MODEL',
    'below 2^53',
  ],
  [
    'a product that doubles forever',
    () => reluModel({ input: symbolic, node: [shapeOfX, ...doubling('Mul', 's', 60)], output: [{ name: 'd59' }] }),
    'E_MODEL',
    'short expressions',
  ],
  [
    'axes that double forever',
    () =>
      reluModel({
        input: [valueProto('i', [1, 1, 1], elementTypes.int64)],
        node: doubling('Gather', 'i', 60),
        output: [{ name: 'd59' }],
      }),
    'E_MODEL',
    '64 axes',
  ],
  [
    'a split into more parts than there are',
    () => reluModel({ node: [nodeProto('Split', ['x'], ['y', 'a', 'b'])] }),
    'E_MODEL',
    '3 parts',
  ],
  [
    'windows of no size',
    () =>
      reluModel({
        input: [valueProto('x', [1, 1, 4, 4])],
        node: [nodeProto('MaxPool', ['x'], ['y'], [{ name: 'kernel_shape', type: 7, ints: [0n, -5n] }])],
        output: [{ name: 'y' }],
      }),
    'E_MODEL',
    'kernel of at least 1',
  ],
]

describe('a model that is damaged, or made to do harm, is refused in one sentence', () => {
  it.each(hostile)('%s', (_, bytes, code, what) => {
    expect(() => parseModel(bytes(), 'evil.onnx')).toThrow(damaged(code, what))
    expect(() => parseModel(bytes(), 'evil.onnx')).toThrow('evil.onnx')
  })

  it('names that are long, or would act on a terminal', () => {
    const name = `evil\u001b[2J\n${'x'.repeat(100_000)}`
    const bytes = reluModel({ node: [nodeProto('Relu', [name], ['y'], [], { name })] })
    expect(() => parseModel(bytes, 'evil.onnx')).toThrow(LocatorError)
    try {
      parseModel(bytes, 'evil.onnx')
    } catch (error) {
      expect((error as Error).message).not.toMatch(/\p{Cc}/u)
      expect((error as Error).message.length).toBeLessThanOrEqual(2000)
    }
  })
})

describe('a model that chance damaged', () => {
  /** Refused, or a consistent graph. */
  function check(bytes: Uint8Array, what: string): boolean {
    try {
      checkGraph(parseModel(bytes, 'chance.onnx'))
      return true
    } catch (error) {
      expect(error, what).toBeInstanceOf(LocatorError)
      expect(['E_MODEL', 'E_OP_UNSUPPORTED'], what).toContain((error as LocatorError).code)
      return false
    }
  }

  it('by cutting it off anywhere', () => {
    const bytes = sample()
    for (let length = 0; length < bytes.length; length += 3) check(bytes.subarray(0, length), `${length} bytes`)
    expect(check(bytes, 'whole')).toBe(true)
  })

  it('by flipped bits', () => {
    const random = Random.from('hostile')
    let refused = 0
    for (let i = 0; i < 600; i++) {
      const bytes = sample()
      const flips = Array.from(
        { length: 1 + random.integer(3) },
        () => 8 * random.integer(bytes.length) + random.integer(8),
      )
      for (const flip of flips) bytes[flip >> 3]! ^= 1 << (flip & 7)
      if (!check(bytes, `bits ${flips}`)) refused++
    }
    expect(refused).toBeGreaterThan(150)
  })

  it('by bytes that are not its own', () => {
    const random = Random.from('hostile bytes')
    for (let i = 0; i < 200; i++) {
      const bytes = sample()
      const start = random.integer(bytes.length)
      for (let j = start; j < Math.min(bytes.length, start + 1 + random.integer(16)); j++)
        bytes[j] = random.integer(256)
      check(bytes, `from ${start}, number ${i}`)
    }
  })
})
