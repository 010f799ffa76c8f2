import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelSession } from '../../src/model-session.js'
import { createModelSession } from '../../src/model-session.node.js'
import { buildNetwork } from '../../src/nn/network.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import { formatType, type Graph } from '../../src/onnx/graph.js'
import { parseModel } from '../../src/onnx/parse.js'
import { serializeModel } from '../../src/onnx/serialize.js'
import { Random } from '../../src/prng.js'
import { elementCount, type Tensor, tensor } from '../../src/tensor.js'
import { bakeParameters } from '../../src/training/export/bake-parameters.js'
import { takeBytes } from '../../src/training/export/byte-input.js'
import { exportInferenceGraphs } from '../../src/training/export/export-model.js'
import { foldBatchNorm } from '../../src/training/export/fold-batch-norm.js'
import { runGraph } from '../support/run-graph.js'
import { smallConfig, smallParameters } from '../support/small-exp9.js'

const evaluation = buildNetwork(smallConfig, 'eval').graph
const parameters = smallParameters()
const { puzzleEncoder, pieceLocator } = exportInferenceGraphs(evaluation, parameters)

/** Noise as bytes, and the same picture as the eval graph takes it: 0..1. */
function picture(name: string, count: number, side: number): { bytes: Tensor; floats: Tensor } {
  const random = Random.from('export', name)
  const dims = [count, 3, side, side]
  const bytes = Uint8Array.from({ length: elementCount(dims) }, () => random.integer(256))
  return {
    bytes: tensor('uint8', dims, bytes),
    floats: tensor(
      'float32',
      dims,
      Float32Array.from(bytes, byte => byte / 255),
    ),
  }
}

function largestDifference(a: Tensor, b: Tensor): number {
  expect([...a.dims]).toEqual([...b.dims])
  return Math.max(...Array.from(a.data as Float32Array, (value, i) => Math.abs(value - Number(b.data[i]))))
}

const types = (graph: Graph) =>
  [graph.inputs, graph.outputs].map(values => values.map(value => `${value.name} ${formatType(value)}`))

describe('the exported graphs', () => {
  it('take bytes and any number of pieces and puzzles', () => {
    expect(types(puzzleEncoder)).toEqual([['puzzle uint8[Q,3,96,96]'], ['puzzle_features float32[Q,128,3,3]']])
    expect(types(pieceLocator)).toEqual([
      ['piece uint8[P,3,64,64]', 'puzzle_features float32[Q,128,3,3]'],
      ['position float32[P,2]', 'attention float32[P,3,3]'],
    ])
  })

  it('are made of standard operators, without batch-norm and dropout, and are consistent when they are read again', () => {
    for (const graph of [puzzleEncoder, pieceLocator]) {
      checkGraph(graph)
      checkGraph(parseModel(serializeModel(graph), 'an exported model'))
      expect(graph.opsets).toEqual({ '': 17 })
      expect(graph.nodes.filter(node => /BatchNorm|Dropout/.test(node.opType))).toEqual([])
    }
    expect(puzzleEncoder.name).toBe('puzzle_encoder')
    expect(pieceLocator.name).toBe('piece_locator')
  })

  it('share no weights: each holds what it needs', () => {
    const floats = (graph: Graph) =>
      [...graph.initializers.values()]
        .filter(({ type }) => type === 'float32')
        .reduce((sum, { data }) => sum + data.length, 0)
    // Folded batch-norms leave one bias a channel where there were two parameters and two statistics.
    expect(floats(puzzleEncoder)).toBeLessThan(1_005_000)
    expect(floats(puzzleEncoder)).toBeGreaterThan(985_000)
    expect(floats(pieceLocator)).toBeLessThan(1_010_000)
  })

  it('equal bytes for equal parameters', () => {
    const again = exportInferenceGraphs(buildNetwork(smallConfig, 'eval').graph, smallParameters())
    expect(Buffer.compare(serializeModel(again.puzzleEncoder), serializeModel(puzzleEncoder))).toBe(0)
    expect(Buffer.compare(serializeModel(again.pieceLocator), serializeModel(pieceLocator))).toBe(0)
  })
})

describe('what the exported graphs compute', () => {
  let [encoder, locator] = [] as unknown as [ModelSession, ModelSession]
  beforeAll(async () => {
    encoder = await createModelSession(serializeModel(puzzleEncoder), 'encoder')
    locator = await createModelSession(serializeModel(pieceLocator), 'locator')
    return async () => {
      await encoder.release()
      await locator.release()
    }
  })

  /** The eval graph on the same pictures. */
  async function evaluate(piece: Tensor, puzzle: Tensor): Promise<Record<string, Tensor>> {
    const target = tensor('float32', [piece.dims[0]!, 2], new Float32Array(2 * piece.dims[0]!))
    return runGraph(evaluation, { ...Object.fromEntries(parameters), piece, puzzle, target })
  }

  it.each([
    [1, 1],
    [6, 2],
    [4, 4],
  ])('is what the eval graph does, within 1e-4: %i pieces of %i puzzles', async (pieces, puzzles) => {
    const [piece, puzzle] = [picture(`piece ${pieces}`, pieces, 64), picture(`puzzle ${puzzles}`, puzzles, 96)]
    const wanted = await evaluate(piece.floats, puzzle.floats)
    const { puzzle_features } = await encoder.run({ puzzle: puzzle.bytes })
    const found = await locator.run({ piece: piece.bytes, puzzle_features: puzzle_features! })
    expect(largestDifference(found.position!, wanted.position!)).toBeLessThan(1e-4)
    expect(largestDifference(found.attention!, wanted.attention!)).toBeLessThan(1e-4)
    // Which says something only where pictures make a difference.
    const [first] = wanted.attention!.data as Float32Array
    expect(Math.abs(first! - 1 / 9)).toBeGreaterThan(1e-3)
  })

  it('is the same for pieces one by one in a puzzle that was encoded once', async () => {
    const [piece, puzzle] = [picture('several', 3, 64), picture('one', 1, 96)]
    const { puzzle_features } = await encoder.run({ puzzle: puzzle.bytes })
    const together = await locator.run({ piece: piece.bytes, puzzle_features: puzzle_features! })
    const size = 3 * 64 * 64
    for (let i = 0; i < 3; i++) {
      const single = tensor('uint8', [1, 3, 64, 64], (piece.bytes.data as Uint8Array).slice(i * size, (i + 1) * size))
      const alone = await locator.run({ piece: single, puzzle_features: puzzle_features! })
      const row = tensor('float32', [1, 2], (together.position!.data as Float32Array).slice(2 * i, 2 * i + 2))
      expect(largestDifference(alone.position!, row)).toBeLessThan(1e-5)
    }
  })
})

describe('folding batch-norm', () => {
  const vector = (...values: number[]): Tensor => tensor('float32', [values.length], Float32Array.from(values))
  const weight = tensor('float32', [2, 1, 1, 1], Float32Array.of(2, -3))
  const x = () => tensor('float32', [1, 1, 1, 3], Float32Array.of(-1, 0.5, 2))

  /** y = norm(conv(x)), with what `extra` adds before. */
  function convNorm(bias: boolean, extra: (b: GraphBuilder) => void = () => {}): Graph {
    const b = new GraphBuilder('fold')
    const conv = b.emit(
      'Conv',
      [
        b.input('x', 'float32', ['N', 1, 1, 3]),
        b.initializer('w', weight),
        bias ? b.initializer('b', vector(1, -1)) : null,
      ],
      {},
      { outputs: ['conv'] },
    )
    extra(b)
    const norms = [vector(1.5, 0.5), vector(0.25, -0.25), vector(0.5, 1), vector(4, 0.25)]
    const values = norms.map((value, i) => b.initializer(`norm${i}`, value))
    b.output(b.emit('BatchNormalization', [conv, ...values], { epsilon: 0.01 }), 'y')
    return b.build()
  }

  it.each([true, false])('leaves one convolution that gives the same, bias %s', async bias => {
    const graph = convNorm(bias)
    const folded = foldBatchNorm(graph)
    checkGraph(folded)
    expect(folded.nodes.map(node => node.opType)).toEqual(['Conv', 'Identity'])
    const [wanted, found] = [await runGraph(graph, { x: x() }), await runGraph(folded, { x: x() })]
    expect(largestDifference(found.y!, wanted.y!)).toBeLessThan(1e-6)
    // By hand, channel 0 at x = -1: (2 x + b - 0.5) / sqrt(4.01) * 1.5 + 0.25.
    expect(Number(found.y!.data[0])).toBeCloseTo(((-2 + (bias ? 1 : 0) - 0.5) / Math.sqrt(4.01)) * 1.5 + 0.25, 5)
  })

  it.each<[string, (b: GraphBuilder) => void]>([
    ['somebody else reads the convolution', b => b.output(b.emit('Relu', [b.value('conv')]))],
    ['the convolution is an output', b => b.output(b.value('conv'))],
  ])('does not happen where %s', (_, extra) => {
    const graph = convNorm(false, extra)
    expect(
      foldBatchNorm(graph)
        .nodes.map(node => node.opType)
        .sort(),
    ).toEqual(graph.nodes.map(node => node.opType).sort())
  })

  it('does not happen where statistics are fed, nor in training form', () => {
    const b = new GraphBuilder('fed')
    const conv = b.emit('Conv', [b.input('x', 'float32', ['N', 1, 1, 3]), b.initializer('w', weight)])
    const norms = ['scale', 'shift', 'mean', 'variance'].map(name => b.input(name, 'float32', [2]))
    b.output(b.emit('BatchNormalization', [conv, ...norms]), 'y')
    expect(foldBatchNorm(b.build()).nodes.map(node => node.opType)).toContain('BatchNormalization')
    const trained = convNorm(false)
    const nodes = trained.nodes.map(node =>
      node.opType === 'BatchNormalization' ? { ...node, attributes: { ...node.attributes, training_mode: 1 } } : node,
    )
    expect(foldBatchNorm({ ...trained, nodes }).nodes.map(node => node.opType)).toContain('BatchNormalization')
  })
})

describe('baking parameters in', () => {
  it('makes initializers of inputs and leaves the rest', () => {
    const baked = bakeParameters(evaluation, parameters)
    checkGraph(baked)
    expect(baked.inputs.map(input => input.name)).toEqual(['piece', 'puzzle', 'target'])
    expect(baked.initializers.get('refinement.0.bias')).toBe(parameters.get('refinement.0.bias'))
  })

  it('refuses parameters of another shape or type by name, and an export with missing ones', () => {
    const name = 'refinement.0.bias'
    const changed = (value: Tensor) => () => bakeParameters(evaluation, new Map([...parameters, [name, value]]))
    expect(changed(tensor('float32', [3], new Float32Array(3)))).toThrow(
      `Expected float32[32] for parameter "${name}" but received "float32[3]".`,
    )
    expect(changed(tensor('float64', [32], new Float64Array(32)))).toThrow('"float64[32]"')
    const missing = new Map([...parameters].filter(([other]) => other !== name))
    expect(() => exportInferenceGraphs(evaluation, missing)).toThrow(
      expect.objectContaining({ code: 'E_SHAPE', message: expect.stringContaining(`"${name}"`) }),
    )
  })
})

describe('an input of bytes', () => {
  it('is divided by 255 within, wherever it is read', async () => {
    const b = new GraphBuilder('bytes')
    const [picture, other] = [b.input('picture', 'float32', ['N']), b.input('other', 'float32', ['N'])]
    b.output(b.emit('Add', [picture, other]), 'sum')
    b.output(b.emit('Mul', [other, picture]), 'product')
    const graph = takeBytes(b.build(), 'picture')
    checkGraph(graph)
    expect(types(graph)[0]).toEqual(['picture uint8[N]', 'other float32[N]'])
    const results = await runGraph(graph, {
      picture: tensor('uint8', [3], Uint8Array.of(0, 51, 255)),
      other: tensor('float32', [3], Float32Array.of(1, 1, 2)),
    })
    expect([...(results.sum!.data as Float32Array)]).toEqual([1, 1.2, 3].map(Math.fround))
    expect([...(results.product!.data as Float32Array)]).toEqual([0, 0.2, 2].map(Math.fround))
  })
})
