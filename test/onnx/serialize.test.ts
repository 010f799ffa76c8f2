import { InferenceSession } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import type { Graph } from '../../src/onnx/graph.js'
import { parseModel } from '../../src/onnx/parse.js'
import { printGraph } from '../../src/onnx/print.js'
import { serializeModel } from '../../src/onnx/serialize.js'
import { Random } from '../../src/prng.js'
import { tensor } from '../../src/tensor.js'
import { createArtifacts } from '../../src/training/artifacts/create-artifacts.js'
import {
  elementTypes,
  intAttribute,
  modelBytes,
  nodeProto,
  reluModel,
  type TensorInit,
  valueProto,
} from '../support/model-proto.js'
import { buildCase, operatorCases } from '../support/operator-cases.js'
import { allDataTypes, randomTensorOf } from '../support/random-tensors.js'
import { runGraph } from '../support/run-graph.js'
import { smallConfig } from '../support/small-exp9.js'

/** Whatever a graph holds is in its dump but the elements of long initializers and what is in the metadata. */
function expectRoundTrip(graph: Graph): void {
  const bytes = serializeModel(graph)
  const parsed = parseModel(bytes, 'the test')
  expect(printGraph(parsed)).toBe(printGraph(graph))
  expect({ ...parsed, nodes: [] }).toEqual({ ...graph, nodes: [] })
  expect(Buffer.compare(serializeModel(parsed), bytes)).toBe(0)
}

describe('a graph that is written and read', () => {
  it('equals itself, bytes included: the training, eval and optimizer models of exp9', () => {
    const { trainingModel, evalModel, optimizerModel } = createArtifacts({
      network: smallConfig,
      weightDecay: 0.01,
      seed: 1,
    })
    for (const graph of [trainingModel, evalModel, optimizerModel]) expectRoundTrip(graph)
  })

  it('equals itself: every training operator', () => {
    for (const operatorCase of operatorCases) expectRoundTrip(buildCase(operatorCase).graph)
  })

  it('equals itself: initializers of every type, empty ones and scalars', () => {
    const b = new GraphBuilder('types')
    const random = Random.from('serialize')
    for (const type of allDataTypes) {
      b.output(b.initializer(type, randomTensorOf(random, type, [2, 3])))
      b.initializer(`${type} scalar`, randomTensorOf(random, type, []))
      b.initializer(`${type} empty`, randomTensorOf(random, type, [0, 3]))
    }
    expectRoundTrip(b.build({ 'a key': 'größer 🧩', empty: '' }))
  })

  it('equals itself: every kind of attribute, names in any script, symbolic sizes', () => {
    const b = new GraphBuilder('größer "quoted"\n')
    const x = b.input('漢字/ x', 'float32', ['P', 3, 8, 8])
    const conv = b.emit('Conv', [x, b.input('w', 'float32', [2, 3, 3, 3])], { strides: [2, 2], group: 1 })
    b.emit('HardSigmoid', [conv], { alpha: 1 / 6, beta: 0.5 })
    b.emit('Pad', [conv, b.ints([0, 0, 0, 0, 0, 0, 0, 0])], { mode: 'edge' })
    b.emit('Constant', [], { value: tensor('float64', [1], Float64Array.of(Math.PI)) })
    b.emit('Constant', [], { value_floats: [0.5, -0.25] })
    b.emit('Concat', [x, x], { axis: 0 })
    b.output(b.emit('Reshape', [conv, b.emit('Concat', [b.emit('Shape', [x], { end: 1 }), b.ints([-1])], { axis: 0 })]))
    expect(b.build().outputs[0]!.shape).toEqual(['P', 18])
    expectRoundTrip(b.build())
  })

  it('has the float attributes that somebody wrote, though files hold float32', () => {
    const b = new GraphBuilder('precision')
    const x = b.input('x', 'float32', [2])
    b.output(b.emit('LeakyRelu', [x], { alpha: 0.1 }))
    b.output(b.emit('LeakyRelu', [x], { alpha: 0.999 }))
    b.output(b.emit('Constant', [], { value_floats: [1e-8, -0, 3.4e38, 5, 0.30000001] }))
    expectRoundTrip(b.build())
    b.output(b.emit('LeakyRelu', [x], { alpha: 1 / 6 }))
    const bytes = serializeModel(b.build())
    const parsed = parseModel(bytes, 'the test')
    expect(parsed.nodes.at(-1)!.attributes).toEqual({ alpha: 0.16666667 })
    expect(printGraph(parsed)).toBe(printGraph(b.build()))
    expect(serializeModel(parsed)).toEqual(bytes)
  })

  it('is read from bytes that lie anywhere in memory, and does not share them', () => {
    const b = new GraphBuilder('memory')
    b.output(b.initializer('w', tensor('float64', [2], Float64Array.of(1, 2))))
    const bytes = serializeModel(b.build())
    const shifted = new Uint8Array(bytes.length + 1)
    shifted.set(bytes, 1)
    const parsed = parseModel(shifted.subarray(1), 'the test')
    shifted.fill(0)
    expect(parsed.initializers.get('w')).toEqual(tensor('float64', [2], Float64Array.of(1, 2)))
  })

  it('may have thousands of nodes and megabytes of initializers', () => {
    const b = new GraphBuilder('large')
    let value = b.input('x', 'float32', ['N', 16])
    for (let i = 0; i < 2000; i++) {
      value =
        i % 2
          ? b.emit('Relu', [value])
          : b.emit('Add', [value, b.initializer(`b${i}`, tensor('float32', [16], new Float32Array(16).fill(i)))])
    }
    b.initializer('big', tensor('float32', [2_500_000], new Float32Array(2_500_000).fill(0.5)))
    b.output(value)
    const graph = b.build()
    const bytes = serializeModel(graph)
    expect(bytes.length).toBeGreaterThan(10_000_000)
    const parsed = parseModel(bytes, 'the test')
    expect(parsed.nodes).toHaveLength(2000)
    expect(parsed.initializers.size).toBe(1001)
    expect(Buffer.compare(serializeModel(parsed), bytes)).toBe(0)
    checkGraph(parsed)
  })
})

describe('a model that another tool wrote', () => {
  const readTensor = (proto: TensorInit) =>
    parseModel(
      modelBytes({ initializer: [{ name: 't', ...proto }], output: [valueProto('t', [2], proto.dataType)] }),
      'a model',
    ).initializers.get('t')!

  it.each<[string, TensorInit, ArrayLike<number | bigint>]>([
    ['float_data', { dataType: elementTypes.float32, floatData: [0.5, -2] }, Float32Array.of(0.5, -2)],
    ['double_data', { dataType: elementTypes.float64, doubleData: [0.1, -2] }, Float64Array.of(0.1, -2)],
    ['int64_data', { dataType: elementTypes.int64, int64Data: [-1n, 2n ** 62n] }, BigInt64Array.of(-1n, 2n ** 62n)],
    ['int32_data', { dataType: elementTypes.int32, int32Data: [-1, 7] }, Int32Array.of(-1, 7)],
    ['int32_data as int8', { dataType: elementTypes.int8, int32Data: [-1, 7] }, Int8Array.of(-1, 7)],
    ['int32_data as uint8', { dataType: elementTypes.uint8, int32Data: [255, 7] }, Uint8Array.of(255, 7)],
    ['int32_data as bool', { dataType: elementTypes.bool, int32Data: [1, 0] }, Uint8Array.of(1, 0)],
    [
      'int32_data as float16',
      { dataType: elementTypes.float16, int32Data: [0x3c00, 0xc000] },
      Uint16Array.of(0x3c00, 0xc000),
    ],
    [
      'uint64_data as uint32',
      { dataType: elementTypes.uint32, uint64Data: [1n, 4294967295n] },
      Uint32Array.of(1, 4294967295),
    ],
    [
      'raw_data',
      { dataType: elementTypes.float32, rawData: new Uint8Array(Float32Array.of(1, 2).buffer) },
      Float32Array.of(1, 2),
    ],
  ])('may store elements as %s', (_, proto, data) => {
    expect(readTensor({ dims: [2n], ...proto }).data).toEqual(data)
  })

  it('needs no shapes inside, no node names, no type of its outputs', async () => {
    const bytes = modelBytes({
      input: [valueProto('x', ['batch size', 3])],
      initializer: [{ name: 'w', dims: [3n, 2n], dataType: 1, floatData: [1, 2, 3, 4, 5, 6] }],
      node: [nodeProto('MatMul', ['x', 'w'], ['h']), nodeProto('Relu', ['h'], ['r']), nodeProto('Relu', ['r'], ['y'])],
      output: [{ name: 'y' }],
    })
    const graph = parseModel(bytes, 'a model')
    expect(graph.nodes.map(node => node.name)).toEqual(['MatMul', 'Relu', 'Relu_1'])
    const [batch] = graph.inputs[0]!.shape
    expect(graph.outputs).toEqual([{ name: 'y', type: 'float32', shape: [batch, 2] }])
    const { y } = await runGraph(graph, { x: tensor('float32', [1, 3], Float32Array.of(1, 0, -1)) })
    expect([...(y!.data as Float32Array)]).toEqual([0, 0])
  })

  it('may call its symbols as it likes: they stay apart and are no expressions', () => {
    const names = ['batch size', 'a-b', '3', ' ', 'N+1', 'x*y', '(', '漢', 'constructor', '-1', 'a//b', '2*N+']
    const input = names.map((name, i) => valueProto(`x${i}`, [name, 4]))
    const node = names.map((_, i) => nodeProto('Concat', [`x${i}`, `x${i}`], [`y${i}`], [intAttribute('axis', 0)]))
    const graph = parseModel(
      modelBytes({ input, node, output: names.map((_, i) => valueProto(`y${i}`, [null, 4])) }),
      'a model',
    )
    const symbols = graph.inputs.map(({ shape }) => shape[0]!)
    expect(new Set(symbols).size).toBe(names.length)
    expect(graph.outputs.map(({ shape }) => shape[0])).toEqual(symbols.map(symbol => `2*${symbol}`))
    expect(serializeModel(parseModel(serializeModel(graph), 'again'))).toEqual(serializeModel(graph))
  })

  it('may leave sizes untold, which are then different from each other', () => {
    const input = [valueProto('x', [null, 3]), valueProto('a*b', [null, 3])]
    const graph = parseModel(modelBytes({ input, output: [{ name: 'x' }] }), 'a model')
    const [first, second] = graph.inputs.map(({ shape }) => shape[0])
    expect(typeof first).toBe('string')
    expect(first).not.toBe(second)
    expectRoundTrip(graph)
  })

  it('may list initializers among its inputs', () => {
    const graph = parseModel(
      modelBytes({
        input: [valueProto('x', [2]), valueProto('w', [2])],
        initializer: [{ name: 'w', dims: [2n], dataType: 1, floatData: [1, 2] }],
        node: [nodeProto('Add', ['x', 'w'], ['y'])],
        output: [valueProto('y', [2])],
      }),
      'a model',
    )
    expect(graph.inputs.map(input => input.name)).toEqual(['x'])
  })

  it('may spell the domain ai.onnx, import more domains and be of operator set 13', () => {
    const opsetImport = [
      { domain: 'ai.onnx', version: 13n },
      { domain: 'ai.onnx.ml', version: 3n },
    ]
    const node = [nodeProto('Relu', ['x'], ['y'], [], { domain: 'ai.onnx' })]
    const graph = parseModel(reluModel({ node }, { opsetImport }), 'a model')
    expect(graph.nodes[0]!.domain).toBe('')
    expect(graph.opsets).toEqual({ '': 17 })
  })

  it('may slice to the largest int64, in an attribute too', () => {
    const node = [nodeProto('Shape', ['x'], ['y'], [intAttribute('end', 2n ** 63n - 1n)])]
    const graph = parseModel(reluModel({ node, output: [valueProto('y', [1], elementTypes.int64)] }), 'a model')
    expectRoundTrip(graph)
  })

  it('keeps the spatial size that it declares for the gradient of a pool', () => {
    const kernel = [
      { name: 'kernel_shape', type: 7, ints: [2n, 2n] },
      { name: 'strides', type: 7, ints: [2n, 2n] },
    ]
    const graph = parseModel(
      modelBytes({
        input: [valueProto('dy', [1, 1, 2, 2])],
        node: [nodeProto('AveragePoolGrad', ['dy'], ['dx'], kernel), nodeProto('Relu', ['dx'], ['y'])],
        valueInfo: [valueProto('dx', [1, 1, 5, 5])],
        output: [valueProto('y', [1, 1, 5, 5])],
      }),
      'a model',
    )
    expect(graph.outputs[0]!.shape).toEqual([1, 1, 5, 5])
    expectRoundTrip(graph)
  })
})

describe('model-local functions', () => {
  const x = () => tensor('float32', [7], Float32Array.of(-4, -3, -1, 0, 1, 3, 4))
  const dy = () => tensor('float32', [7], new Float32Array(7).fill(2))

  it('travel in the file and run on stock onnxruntime-node', async () => {
    const b = new GraphBuilder('functions')
    const [upstream, value] = [b.input('dy', 'float32', ['N']), b.input('x', 'float32', ['N'])]
    b.output(b.emit('HardSwishGrad', [upstream, value]), 'swish')
    b.output(
      b.emit('HardSigmoidGrad', [upstream, b.emit('HardSigmoid', [value], { alpha: 0.25 })], { alpha: 0.25 }),
      'sigmoid',
    )
    const matrix = b.initializer('matrix', tensor('float32', [2, 1], Float32Array.of(1, 1)))
    const picture = b.emit('Reshape', [b.input('picture', 'float32', [4]), b.ints([1, 1, 2, 2])])
    b.output(b.emit('ResizeGrad', [picture, matrix, matrix]), 'resize')
    const graph = b.build()
    expectRoundTrip(graph)
    expect(graph.functions.map(fn => fn.name).sort()).toEqual(['HardSigmoidGrad', 'HardSwishGrad', 'ResizeGrad'])
    const results = await runGraph(graph, {
      x: x(),
      dy: dy(),
      picture: tensor('float32', [4], Float32Array.of(1, 2, 3, 4)),
    })
    const numbers = (name: string) => [...(results[name]!.data as Float32Array)]
    // hard-swish' = 0 up to -3, 1 from 3, x/3 + 1/2 between.
    const swish = [0, 0, 2 * (-1 / 3 + 0.5), 1, 2 * (1 / 3 + 0.5), 2, 2]
    numbers('swish').forEach((value, i) => {
      expect(value).toBeCloseTo(swish[i]!, 6)
    })
    // 0.25 where 0 < 0.25 x + 0.5 < 1: within -2..2.
    expect(numbers('sigmoid')).toEqual([0, 0, 0.5, 0.5, 0.5, 0, 0])
    expect(numbers('resize')).toEqual([10])
  })

  it("are the program's own: a file that brings other bodies under their names is refused", () => {
    const own = (name: string) => {
      const b = new GraphBuilder('functions')
      b.output(b.emit('HardSwishGrad', [b.input('dy', 'float32', ['N']), b.input('x', 'float32', ['N'])]))
      const graph = b.build()
      const [fn] = graph.functions
      const nodes = fn!.nodes.map(node => (node.opType === 'Greater' ? { ...node, opType: name } : node))
      return serializeModel({ ...graph, functions: [{ ...fn!, nodes }] })
    }
    expect(() => parseModel(own('Greater'), 'own')).not.toThrow()
    expect(() => parseModel(own('Less'), 'changed')).toThrow(
      expect.objectContaining({
        code: 'E_OP_UNSUPPORTED',
        message: expect.stringContaining('piece_locator.HardSwishGrad'),
      }),
    )
  })
})

it('what is written loads in onnxruntime-node', async () => {
  const session = await InferenceSession.create(reluModel())
  expect(session.outputNames).toEqual(['y'])
  await session.release()
})
