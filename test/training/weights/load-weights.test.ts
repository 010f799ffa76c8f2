import { describe, expect, it } from 'vitest'
import { initializeParameters } from '../../../src/nn/initializers.js'
import { buildNetwork } from '../../../src/nn/network.js'
import { type Tensor, tensor, zeros } from '../../../src/tensor.js'
import { createArtifacts } from '../../../src/training/artifacts/create-artifacts.js'
import { encodeCheckpoint } from '../../../src/training/checkpoint/write-checkpoint.js'
import { decodeWeights } from '../../../src/training/weights/decode-weights.js'
import { exportWeights } from '../../../src/training/weights/export-weights.js'
import { loadWeights, type Weights } from '../../../src/training/weights/load-weights.js'
import { decodeSafetensors, encodeSafetensors } from '../../../src/training/weights/safetensors.js'
import { isImagenet, readOrigins } from '../../../src/training/weights/weights-origin.js'
import { writePth } from '../../support/pth-writer.js'
import { smallConfig, smallParameters } from '../../support/small-exp9.js'

const { specs } = buildNetwork(smallConfig, 'eval')
const parameters = smallParameters()
const options = { network: smallConfig, weightDecay: 0, seed: 3 }

const weightsOf = (tensors: ReadonlyMap<string, Tensor>, changes: Partial<Weights> = {}): Weights => ({
  source: 'weights x.pth',
  name: 'x.pth',
  sha256: 'a'.repeat(64),
  tensors,
  origins: [],
  ...changes,
})

/** torchvision's state dict: the extractor under `features.`, what batch-norm counts, a classifier. */
function torchvisionStateDict(): Map<string, Tensor> {
  const counter = tensor('int64', [], BigInt64Array.of(7n))
  const features = [...parameters].flatMap(([name, value]): [string, Tensor][] => {
    if (!name.startsWith('piece_features.')) return []
    const key = name.replace('piece_features.', 'features.')
    return key.endsWith('.running_var')
      ? [
          [key, value],
          [key.replace('running_var', 'num_batches_tracked'), counter],
        ]
      : [[key, value]]
  })
  return new Map([...features, ['classifier.0.weight', zeros('float32', [4, 4])], ['classifier.3.bias', counter]])
}

/** As `toEqual`, which takes seconds for megabytes. */
const sameBytes = (a: ArrayBufferView, b: ArrayBufferView): boolean => Buffer.compare(bufferOf(a), bufferOf(b)) === 0
const bufferOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

const without = (name: string): Map<string, Tensor> => new Map([...parameters].filter(([key]) => key !== name))
const withTensor = (name: string, value: Tensor): Map<string, Tensor> =>
  new Map<string, Tensor>(parameters).set(name, value)

describe('loadWeights', () => {
  it("puts torchvision's state dict into both extractors and leaves the rest as initialized", () => {
    const stateDict = torchvisionStateDict()
    const { parameters: loaded, origins } = loadWeights(weightsOf(stateDict), specs)
    expect(loaded.size).toBe(2 * 206)
    for (const [name, { data }] of loaded) {
      expect(name).toMatch(/^(piece|puzzle)_features\./)
      expect(sameBytes(data, stateDict.get(name.replace(/^\w+_features/, 'features'))!.data), name).toBe(true)
    }
    expect(origins).toEqual([{ name: 'x.pth', sha256: 'a'.repeat(64), loaded: 'extractors' }])

    const { checkpoint } = createArtifacts({ ...options, weights: weightsOf(stateDict) })
    const initial = initializeParameters(specs, options.seed)
    for (const [name, { data }] of [...checkpoint.trainable, ...checkpoint.frozen]) {
      expect(sameBytes(data, (loaded.get(name) ?? initial.get(name))!.data), name).toBe(true)
    }
    expect(readOrigins(checkpoint)).toEqual(origins)
  })

  it('takes a whole network, through every format and back', () => {
    const { checkpoint } = createArtifacts({ ...options, weights: weightsOf(parameters) })
    const files = {
      pth: writePth(parameters),
      checkpoint: encodeCheckpoint(checkpoint),
      safetensors: exportWeights(checkpoint),
    }
    for (const [format, bytes] of Object.entries(files)) {
      const decoded = decodeWeights(bytes, format)
      const loaded = loadWeights(weightsOf(decoded.tensors, decoded), specs).parameters
      expect([...loaded.keys()], format).toEqual([...parameters.keys()])
      for (const [name, { dims, data }] of loaded) {
        expect(dims, name).toEqual(parameters.get(name)!.dims)
        expect(sameBytes(data, parameters.get(name)!.data), name).toBe(true)
      }
    }
  })

  it('converts other floating-point types', () => {
    const name = 'refinement.3.bias'
    const load = (value: Tensor) => loadWeights(weightsOf(withTensor(name, value)), specs).parameters.get(name)
    const expected = tensor('float32', [2], Float32Array.of(0.5, -1.5))
    expect(load(tensor('float64', [2], Float64Array.of(0.5, -1.5)))).toEqual(expected)
    expect(load(tensor('float16', [2], Uint16Array.of(0x3800, 0xbe00)))).toEqual(expected)
  })

  it('copies, so that neither the file nor the other extractor changes with a parameter', () => {
    const stateDict = torchvisionStateDict()
    const { parameters: loaded } = loadWeights(weightsOf(stateDict), specs)
    const data = ['piece_features', 'puzzle_features'].map(prefix => loaded.get(`${prefix}.0.0.weight`)!.data)
    expect(new Set([...data, stateDict.get('features.0.0.weight')!.data]).size).toBe(3)
  })

  const refused: [what: string, tensors: ReadonlyMap<string, Tensor>, message: RegExp][] = [
    [
      'a missing tensor',
      without('refinement.0.bias'),
      /^weights x\.pth lacks 1 \("refinement\.0\.bias"\) of 421 tensors\.$/,
    ],
    [
      'an extra tensor',
      withTensor('head.weight', zeros('float32', [1])),
      /^weights x\.pth holds 1 \("head\.weight"\) that the network has not\.$/,
    ],
    ['a name of JavaScript', withTensor('__proto__', zeros('float32', [1])), /holds 1 \("__proto__"\)/],
    [
      'a name that would break the line',
      withTensor('a\nb\u001b[31m', zeros('float32', [1])),
      /holds 1 \("a\\nb\\u001b\[31m"\) that/,
    ],
    [
      'another network',
      new Map([
        ['layer1.weight', zeros('float32', [1])],
        ['layer2.weight', zeros('float32', [1])],
      ]),
      /lacks 421 \("piece_features\.0\.0\.weight" first\) of 421 tensors and holds 2 \("layer1\.weight" first\)/,
    ],
    ['nothing', new Map(), /lacks 421/],
    [
      'half an extractor of torchvision',
      new Map([...torchvisionStateDict()].slice(0, 100)),
      /lacks \d+ \("features\.[^"]+" first\) of 206 tensors\.$/,
    ],
    [
      'a wrong shape',
      withTensor('refinement.0.weight', zeros('float32', [2, 32])),
      /shape \[32,2\] for "refinement\.0\.weight" of weights x\.pth but received \[2, 32\]/,
    ],
    [
      'wrong shapes',
      new Map(
        [...parameters].map(([name, value]) => [name, name.startsWith('refinement') ? zeros('float32', [7]) : value]),
      ),
      /"refinement\.0\.weight" of weights x\.pth \(and 3 more of other shapes\) but received \[7\]/,
    ],
    [
      'whole numbers',
      withTensor('refinement.3.bias', zeros('int64', [2])),
      /floating-point numbers for "refinement\.3\.bias" .* "int64"/,
    ],
    [
      'NaN',
      withTensor('refinement.3.bias', tensor('float32', [2], Float32Array.of(1, Number.NaN))),
      /finite numbers .* NaN/,
    ],
    [
      'a float64 that float32 has not',
      withTensor('refinement.3.bias', tensor('float64', [2], Float64Array.of(1, -1e300))),
      /finite numbers .* -Infinity/,
    ],
  ]
  it.each(refused)('refuses %s', (_, tensors, message) => {
    const load = () => loadWeights(weightsOf(tensors), specs)
    expect(load).toThrow(expect.objectContaining({ code: 'E_MODEL' }))
    expect(load).toThrow(message)
  })
})

describe('where weights came from', () => {
  const imagenet = { name: 'renamed.pth', sha256: `047dcff4${'0'.repeat(56)}`, loaded: 'extractors' } as const
  const first = createArtifacts({ ...options, weights: weightsOf(torchvisionStateDict(), imagenet) }).checkpoint

  it('is kept by checkpoints and .safetensors, through several generations', () => {
    const fromCheckpoint = decodeWeights(encodeCheckpoint(first), 'first')
    const weights = weightsOf(fromCheckpoint.tensors, { ...fromCheckpoint, name: 'first' })
    const second = createArtifacts({ ...options, weights }).checkpoint
    const expected = [{ name: 'first', sha256: 'a'.repeat(64), loaded: 'network' }, imagenet]
    expect(readOrigins(second)).toEqual(expected)
    expect(decodeWeights(exportWeights(second), 'second').origins).toEqual(expected)
    expect(readOrigins(second).map(isImagenet)).toEqual([false, true])
  })

  it('is nothing where all was random, or the file does not tell', () => {
    const { checkpoint } = createArtifacts(options)
    expect(readOrigins(checkpoint)).toEqual([])
    expect(decodeSafetensors(exportWeights(checkpoint)).metadata).toEqual(new Map([['format', 'pt']]))
    expect(decodeWeights(writePth(parameters), 'x').origins).toEqual([])
  })

  it.each([
    ['no JSON', '['],
    ['another kind of list', '[1]'],
    ['no checksum', '[{"name":"a","sha256":"0","loaded":"network"}]'],
    ['endless nesting', '['.repeat(100_000)],
    ['too many', JSON.stringify(Array(101).fill(imagenet))],
  ])('is refused where it is %s', (_, text) => {
    const checkpoint = { ...first, properties: new Map([['initial_weights', text]]) }
    const damaged = expect.objectContaining({ code: 'E_CHECKPOINT', message: expect.stringMatching(/initial_weights/) })
    expect(() => decodeWeights(encodeCheckpoint(checkpoint), 'x')).toThrow(damaged)
    const metadata = new Map([['initial_weights', text]])
    expect(() => decodeWeights(encodeSafetensors(parameters, metadata), 'x')).toThrow(damaged)
  })
})

it('a checkpoint that is exported and read again is the same, bit for bit', () => {
  const { checkpoint } = createArtifacts(options)
  const { tensors } = decodeWeights(exportWeights(checkpoint), 'x')
  const again = createArtifacts({ ...options, seed: 4, weights: weightsOf(tensors) }).checkpoint
  const bytes = encodeCheckpoint({ ...again, properties: checkpoint.properties })
  expect(sameBytes(bytes, encodeCheckpoint(checkpoint))).toBe(true)
})
