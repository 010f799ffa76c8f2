import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import { formatType, type Graph, type Value } from '../../src/onnx/graph.js'
import { serializeModel } from '../../src/onnx/serialize.js'
import { elementCount } from '../../src/tensor.js'
import { propertyNames, readParameterGroups } from '../../src/training/artifacts/artifacts.js'
import { buildArtifacts, readArtifacts } from '../../src/training/artifacts/artifacts.node.js'
import { createArtifacts } from '../../src/training/artifacts/create-artifacts.js'
import { buildTrainingModel } from '../../src/training/artifacts/training-model.js'
import type { Checkpoint } from '../../src/training/checkpoint/checkpoint.js'
import { encodeCheckpoint } from '../../src/training/checkpoint/write-checkpoint.js'
import { smallConfig } from '../support/small-exp9.js'

const options = { network: smallConfig, weightDecay: 0.01, seed: 3 }
const artifacts = createArtifacts(options)
const { trainingModel, evalModel, optimizerModel, checkpoint } = artifacts

const names = (values: readonly Value[]): string[] => values.map(value => value.name)
const files = ['checkpoint', 'eval_model.onnx', 'optimizer_model.onnx', 'training_model.onnx']

describe('training_model.onnx and eval_model.onnx', () => {
  const trainable = [...checkpoint.trainable.keys()]
  const parameters = names(evalModel.inputs).slice(3)

  it('take what ONNX Runtime feeds, in its order', () => {
    const masks = ['piece_dropout', 'puzzle_dropout', 'refinement_dropout']
    expect(names(evalModel.inputs).slice(0, 3)).toEqual(['piece', 'puzzle', 'target'])
    expect(names(trainingModel.inputs)).toEqual([
      ...['piece', 'puzzle', 'target', ...masks],
      ...parameters,
      ...trainable.map(name => `${name}_grad.accumulation.buffer`),
      'lazy_reset_grad',
    ])
    expect([...parameters].sort()).toEqual([...trainable, ...checkpoint.frozen.keys()].sort())
    expect(parameters.filter(name => checkpoint.trainable.has(name))).toEqual(trainable)
  })

  it('give the same user outputs, and training a flag for each gradient', () => {
    expect(names(evalModel.outputs)).toEqual(['loss', 'position', 'attention'])
    expect(names(trainingModel.outputs)).toEqual([
      ...names(evalModel.outputs),
      ...trainable.map(name => `${name}_grad.accumulation.out`),
    ])
  })

  it('have the types that the runtime demands: flags bool[1], buffers and parameters of known shape', () => {
    const typeOf = (name: string) => formatType(trainingModel.values.get(name)!)
    expect(typeOf('lazy_reset_grad')).toBe('bool[1]')
    for (const name of trainable) {
      const shape = `float32[${checkpoint.trainable.get(name)!.dims}]`
      expect(typeOf(name)).toBe(shape)
      expect(typeOf(`${name}_grad.accumulation.buffer`)).toBe(shape)
      expect(typeOf(`${name}_grad`)).toBe(shape)
      expect(typeOf(`${name}_grad.accumulation.out`)).toBe('bool[1]')
    }
    for (const [name, { dims }] of checkpoint.frozen) expect(typeOf(name)).toBe(`float32[${dims}]`)
  })

  it('leave out dropout in evaluation, and everywhere where its probability is 0', () => {
    const without = createArtifacts({ ...options, network: { ...smallConfig, dropout: 0 } })
    expect(names(without.trainingModel.inputs).filter(name => name.endsWith('_dropout'))).toEqual([])
    expect(names(evalModel.inputs).filter(name => name.endsWith('_dropout'))).toEqual([])
    expect(without.checkpoint.properties.get(propertyNames.dropout)).toBe('0')
  })

  it('are consistent', () => {
    for (const graph of [trainingModel, evalModel, optimizerModel]) checkGraph(graph)
    expect(trainingModel.opsets).toEqual({ '': 17, 'com.microsoft': 1, piece_locator: 1 })
  })
})

describe('optimizer_model.onnx', () => {
  it('has the six inputs by name and order, the flag, and one AdamWOptimizer', () => {
    expect(optimizerModel.inputs.map(input => `${input.name} ${formatType(input)}`)).toEqual([
      'learning_rate float32[1]',
      'step int64[1]',
      ...['params', 'gradients', 'first_order_moments', 'second_order_moments'].map(
        name => `${name} sequence(float32)`,
      ),
    ])
    expect(optimizerModel.outputs.map(output => `${output.name} ${formatType(output)}`)).toEqual([
      'updated_flag bool[1]',
    ])
    expect(optimizerModel.nodes.map(node => node.opType)).toEqual(['AdamWOptimizer'])
    expect(optimizerModel.nodes[0]!.attributes).toMatchObject({ adam_mode: 0, weight_decay: 0.01, epsilon: 1e-8 })
  })
})

describe('the checkpoint', () => {
  it('holds 2,001,891 parameters in three groups', () => {
    const counts = readParameterGroups(checkpoint).map(({ name, parameters, weightDecay }) => {
      expect(weightDecay).toBe(0.01)
      return [
        name,
        parameters.reduce((sum, parameter) => sum + elementCount(checkpoint.trainable.get(parameter)!.dims), 0),
      ]
    })
    expect(Object.fromEntries(counts)).toEqual({ backbone: 1_854_016, correlation: 147_713, refinement: 162 })
    const total = [...checkpoint.trainable.values()].reduce((sum, { dims }) => sum + elementCount(dims), 0)
    expect(total).toBe(2_001_891)
  })

  it('holds running statistics as frozen, and no optimizer state before the first step', () => {
    expect([...checkpoint.frozen.keys()].every(name => /\.running_(mean|var)$/.test(name))).toBe(true)
    expect(checkpoint.frozen.size).toBe(136)
    expect(checkpoint.optimizer).toBeNull()
  })

  const withGroups = (groups: unknown): Checkpoint => ({
    ...checkpoint,
    properties: new Map([
      [propertyNames.parameterGroups, typeof groups === 'string' ? groups : JSON.stringify(groups)],
    ]),
  })
  const all = [...checkpoint.trainable.keys()]

  it('without groups, as other tools write it, is one group with ONNX Runtime’s weight decay', () => {
    expect(readParameterGroups({ ...checkpoint, properties: new Map() })).toEqual([
      { name: 'group0', weightDecay: 0.01, parameters: all },
    ])
  })

  it.each<[string, unknown]>([
    ['no JSON', '{"name"'],
    ['no list', { name: 'all' }],
    ['a group without a name', [{ weightDecay: 0, parameters: all }]],
    ['a name that is no word', [{ name: 'all parameters', weightDecay: 0, parameters: all }]],
    [
      'two groups of one name',
      [
        { name: 'a', weightDecay: 0, parameters: all.slice(1) },
        { name: 'a', weightDecay: 0, parameters: all.slice(0, 1) },
      ],
    ],
    ['a weight decay that is no number', [{ name: 'all', weightDecay: '0', parameters: all }]],
    ['a weight decay that is none', [{ name: 'all', weightDecay: -1, parameters: all }]],
    [
      'a group of nothing',
      [
        { name: 'all', weightDecay: 0, parameters: all },
        { name: 'none', weightDecay: 0, parameters: [] },
      ],
    ],
    ['a parameter twice', [{ name: 'all', weightDecay: 0, parameters: [...all, all[0]] }]],
    ['a parameter in no group', [{ name: 'all', weightDecay: 0, parameters: all.slice(1) }]],
    ['an unknown parameter', [{ name: 'all', weightDecay: 0, parameters: [...all.slice(1), 'unknown'] }]],
    ['a running statistic', [{ name: 'all', weightDecay: 0, parameters: [...all, [...checkpoint.frozen.keys()][0]] }]],
  ])('with damaged groups is refused: %s', (_, groups) => {
    expect(() => readParameterGroups(withGroups(groups))).toThrow(
      expect.objectContaining({ code: 'E_CHECKPOINT', message: expect.stringContaining('parameter groups') }),
    )
  })
})

describe('equal options', () => {
  const bytesOf = ({ trainingModel, evalModel, optimizerModel, checkpoint }: typeof artifacts): Uint8Array[] => [
    ...[trainingModel, evalModel, optimizerModel].map(serializeModel),
    encodeCheckpoint(checkpoint),
  ]
  const same = (other: typeof artifacts): boolean[] => {
    const own = bytesOf(artifacts)
    return bytesOf(other).map((bytes, i) => Buffer.compare(bytes, own[i]!) === 0)
  }

  it('give equal bytes; another seed other weights only', () => {
    expect(same(createArtifacts(options))).toEqual([true, true, true, true])
    expect(same(createArtifacts({ ...options, seed: 4 }))).toEqual([true, true, true, false])
  })
})

describe('a folder of artifacts', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'artifacts-'))
    await buildArtifacts(options, join(folder, 'exp9'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('has the four files of ONNX Runtime and comes back as it was', async () => {
    expect((await readdir(join(folder, 'exp9'))).sort()).toEqual(files)
    const read = await readArtifacts(join(folder, 'exp9'))
    const bytes = await Promise.all(files.map(name => readFile(join(folder, 'exp9', name))))
    expect(Buffer.compare(Buffer.from(encodeCheckpoint(read.checkpoint)), bytes[0]!)).toBe(0)
    const models = [read.evalModel, read.optimizerModel, read.trainingModel]
    models.forEach((model, i) => {
      expect(Buffer.compare(Buffer.from(serializeModel(model)), bytes[i + 1]!)).toBe(0)
    })
    expect(read.checkpoint).toEqual(checkpoint)
    expect(read.trainingModel.nodes.length).toBe(trainingModel.nodes.length)
  })

  it.each(files)('without %s is refused by its name', async name => {
    const path = join(folder, 'exp9', name)
    const bytes = await readFile(path)
    await rm(path)
    await expect(readArtifacts(join(folder, 'exp9'))).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining(name),
    })
    await writeFile(path, bytes)
  })

  it.each(files)('with a damaged %s is refused by its name', async name => {
    const path = join(folder, 'exp9', name)
    const bytes = await readFile(path)
    const code = name === 'checkpoint' ? 'E_CHECKPOINT' : 'E_MODEL'
    for (const damaged of [bytes.subarray(0, bytes.length >> 1), Buffer.from('not what it says'), Buffer.alloc(0)]) {
      await writeFile(path, damaged)
      await expect(readArtifacts(join(folder, 'exp9'))).rejects.toMatchObject({
        code,
        message: expect.stringContaining(name),
      })
    }
    await writeFile(path, bytes)
  })
})

describe('a training model of any forward graph', () => {
  function forward(input: string, output = 'loss'): Graph {
    const b = new GraphBuilder('linear')
    const x = b.input(input, 'float32', ['N', 2])
    const w = b.input('w', 'float32', [2, 1])
    b.output(b.emit('ReduceMean', [b.emit('MatMul', [x, w])], { keepdims: 0 }), output)
    return b.build()
  }

  it('is the forward graph, its backward pass and the accumulators', () => {
    const graph = buildTrainingModel(forward('x'), ['w'])
    checkGraph(graph)
    expect(names(graph.inputs)).toEqual(['x', 'w', 'w_grad.accumulation.buffer', 'lazy_reset_grad'])
    expect(names(graph.outputs)).toEqual(['loss', 'w_grad.accumulation.out'])
    const accumulator = graph.nodes.at(-1)!
    expect(accumulator).toMatchObject({
      opType: 'InPlaceAccumulatorV2',
      domain: 'com.microsoft',
      inputs: ['w_grad.accumulation.buffer', 'w_grad', 'lazy_reset_grad'],
    })
  })

  it.each(['x_grad', '_grad', 'x_grad.accumulation.buffer', 'x_grad.accumulation.out', 'lazy_reset_grad'])(
    'may not have an input called %s, which the runtime would take for its own',
    name => {
      expect(() => buildTrainingModel(forward(name), ['w'])).toThrow(
        expect.objectContaining({ code: 'E_CONFIG', message: expect.stringContaining(`"${name}"`) }),
      )
    },
  )

  it('may not have such an output either', () => {
    expect(() => buildTrainingModel(forward('x', 'loss_grad'), ['w'])).toThrow(
      expect.objectContaining({ code: 'E_CONFIG' }),
    )
  })
})
