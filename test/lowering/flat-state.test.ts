import { describe, expect, it } from 'vitest'
import { flatNames, flattenState } from '../../src/lowering/flat-state.js'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import { formatType, type Graph } from '../../src/onnx/graph.js'
import { specialize } from '../../src/onnx/rewrite.js'
import { Random } from '../../src/prng.js'
import { elementCount, type Tensor, tensor } from '../../src/tensor.js'
import { buildTrainingModel } from '../../src/training/artifacts/training-model.js'
import { runGraph } from '../support/run-graph.js'

/** Parameters of every rank, the running statistics of a batch-norm, and a frozen number that is none. */
const shapes = {
  conv: [2, 3, 1, 1],
  scale: [2],
  shift: [2],
  fc: [2, 2],
  gain: [],
  mean: [2],
  variance: [2],
  offset: [],
} as const
type Name = keyof typeof shapes

const entry = (name: Name) => ({ name, shape: shapes[name] })
const vectors = {
  parameters: [
    { name: 'a', entries: [entry('fc'), entry('conv')] },
    { name: 'b', entries: [entry('gain'), entry('shift'), entry('scale')] },
  ],
  frozen: [{ name: 'fixed', entries: [entry('offset'), entry('mean'), entry('variance')] }],
}
const all = [...vectors.parameters, ...vectors.frozen]

function forward(mode: 'train' | 'eval'): Graph {
  const b = new GraphBuilder('forward')
  const x = b.input('x', 'float32', ['N', 3, 2, 2])
  const values = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, b.input(name, 'float32', shape)]),
  )
  const conv = b.emit('Conv', [x, values.conv!])
  const norms = [conv, values.scale!, values.shift!, values.mean!, values.variance!]
  const normed =
    mode === 'train'
      ? b.emitAll('BatchNormInternal', norms, { momentum: 0.75 }, 5)[0]!
      : b.emit('BatchNormalization', norms)
  const pooled = b.emit('Flatten', [b.emit('GlobalAveragePool', [b.emit('Relu', [normed])])])
  const scaled = b.emit('Add', [b.emit('Mul', [b.emit('MatMul', [pooled, values.fc!]), values.gain!]), values.offset!])
  b.output(b.emit('ReduceMean', [b.emit('Mul', [scaled, scaled])], { keepdims: 0 }), 'loss')
  return b.build()
}

const trainable: Name[] = ['conv', 'scale', 'shift', 'fc', 'gain']
const training = buildTrainingModel(forward('train'), trainable)
const flattened = flattenState(training, vectors)

function values(): Record<Name, Tensor> {
  const random = Random.from('flat state')
  return Object.fromEntries(
    Object.entries(shapes).map(([name, dims]) => [
      name,
      tensor(
        'float32',
        dims,
        Float32Array.from({ length: elementCount(dims) }, () => (name === 'variance' ? 1 : 0) + random.uniform()),
      ),
    ]),
  ) as Record<Name, Tensor>
}

const picture = (seed: number): Tensor => {
  const random = Random.from('picture', seed)
  return tensor(
    'float32',
    [4, 3, 2, 2],
    Float32Array.from({ length: 48 }, () => random.normal()),
  )
}

const joined = (parts: readonly Tensor[]): Tensor => {
  const data = Float32Array.from(parts.flatMap(part => [...(part.data as Float32Array)]))
  return tensor('float32', [data.length], data)
}

/** What the flattened graph is fed for the state. */
const flatState = (state: Record<Name, Tensor>): Record<string, Tensor> =>
  Object.fromEntries(
    all.map(({ name, entries }) => [flatNames.vector(name), joined(entries.map(part => state[part.name]))]),
  )

const flag = (reset: boolean): Tensor => tensor('bool', [1], Uint8Array.of(reset ? 1 : 0))
const run = (graph: Graph, feeds: Record<string, Tensor>) =>
  runGraph(lower(specialize(graph, { N: 4 }), standardTarget), feeds)

/** The gradients and the new statistics of the training graph as it is, one tensor each. */
async function unflattened(x: Tensor): Promise<Record<string, Tensor>> {
  const norm = training.nodes.find(node => node.opType === 'BatchNormInternal')!
  const wanted = ['loss', ...trainable.map(name => `${name}_grad`), norm.outputs[1]!, norm.outputs[2]!]
  const outputs = wanted.map(name => training.values.get(name)!)
  const nodes = training.nodes.filter(node => node.opType !== 'InPlaceAccumulatorV2')
  const inputs = training.inputs.filter(({ name }) => name === 'x' || name in shapes)
  const results = await run({ ...training, inputs, nodes, outputs }, { x, ...values() })
  return { ...results, mean: results[norm.outputs[1]!]!, variance: results[norm.outputs[2]!]! }
}

describe('a flattened training graph', () => {
  it('takes and gives a few vectors instead of many tensors', () => {
    checkGraph(flattened)
    const types = (list: Graph['inputs']): string[] => list.map(value => `${value.name} ${formatType(value)}`)
    expect(types(flattened.inputs).sort()).toEqual(
      [
        ...[
          'x float32[N,3,2,2]',
          'lazy_reset_grad bool[1]',
          'a.flat float32[10]',
          'b.flat float32[5]',
          'fixed.flat float32[5]',
        ],
        ...['a.accumulation float32[10]', 'b.accumulation float32[5]'],
      ].sort(),
    )
    expect(types(flattened.outputs)).toEqual([
      'loss float32[]',
      'a.gradients float32[10]',
      'b.gradients float32[5]',
      'fixed.updated float32[5]',
    ])
    expect(flattened.nodes.filter(node => node.opType === 'InPlaceAccumulatorV2')).toHaveLength(2)
  })

  it('equals the original, run unflattened, bit for bit', async () => {
    const [wanted, state] = [await unflattened(picture(1)), values()]
    const found = await run(flattened, {
      x: picture(1),
      ...flatState(state),
      'a.accumulation': tensor('float32', [10], new Float32Array(10).fill(1000)),
      'b.accumulation': tensor('float32', [5], new Float32Array(5).fill(1000)),
      lazy_reset_grad: flag(true),
    })
    expect(found.loss).toEqual(wanted.loss)
    for (const { name, entries } of vectors.parameters)
      expect(found[flatNames.gradients(name)]).toEqual(joined(entries.map(part => wanted[`${part.name}_grad`]!)))
    expect(found['fixed.updated']).toEqual(joined([state.offset, wanted.mean!, wanted.variance!]))
    // The statistics moved by a quarter, towards the batch's.
    expect(found['fixed.updated']!.data[1]).not.toBe(state.mean.data[0])
  })

  it('adds to the accumulated gradients unless it is told to start anew', async () => {
    const zero = {
      'a.accumulation': tensor('float32', [10], new Float32Array(10)),
      'b.accumulation': tensor('float32', [5], new Float32Array(5)),
    }
    const step = (seed: number, reset: boolean, buffers: Record<string, Tensor>) =>
      run(flattened, { x: picture(seed), ...flatState(values()), ...buffers, lazy_reset_grad: flag(reset) })
    const [first, second] = [await step(1, true, zero), await step(2, true, zero)]
    const both = await step(2, false, {
      'a.accumulation': first['a.gradients']!,
      'b.accumulation': first['b.gradients']!,
    })
    for (const name of ['a.gradients', 'b.gradients']) {
      const [one, two] = [first[name]!.data, second[name]!.data] as [Float32Array, Float32Array]
      expect([...(both[name]!.data as Float32Array)]).toEqual([...one.map((value, i) => Math.fround(value + two[i]!))])
    }
  })

  it('writes into nothing that it is fed', async () => {
    const feeds = {
      x: picture(1),
      ...flatState(values()),
      'a.accumulation': tensor('float32', [10], new Float32Array(10).fill(1)),
      'b.accumulation': tensor('float32', [5], new Float32Array(5).fill(1)),
      lazy_reset_grad: flag(false),
    }
    const before = structuredClone(feeds)
    await run(flattened, feeds)
    expect(feeds).toEqual(before)
  })
})

describe('a flattened eval graph', () => {
  it('has no gradients and no updates, and gives what the original gives', async () => {
    const evaluation = forward('eval')
    const flat = flattenState(evaluation, vectors)
    checkGraph(flat)
    expect(flat.inputs.map(input => input.name).sort()).toEqual(['a.flat', 'b.flat', 'fixed.flat', 'x'])
    expect(flat.outputs.map(output => output.name)).toEqual(['loss'])
    const [wanted, found] = [
      await run(evaluation, { x: picture(3), ...values() }),
      await run(flat, { x: picture(3), ...flatState(values()) }),
    ]
    expect(found.loss).toEqual(wanted.loss)
  })
})

describe('what cannot be flattened', () => {
  it('is a parameter that nobody accumulates the gradient of', () => {
    const partly = buildTrainingModel(forward('train'), ['conv', 'scale', 'shift', 'fc'])
    expect(() => flattenState(partly, vectors)).toThrow(
      expect.objectContaining({ code: 'E_CONFIG', message: expect.stringContaining('"gain"') }),
    )
  })

  it('is a parameter of another shape than the graph’s', () => {
    const wrong = { name: 'c', entries: [{ name: 'fc', shape: [3, 3] }] }
    expect(() => flattenState(forward('eval'), { parameters: [wrong], frozen: [] })).toThrow(
      expect.objectContaining({ code: 'E_SHAPE', message: expect.stringContaining('"fc"') }),
    )
  })
})
