import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.js'
import { buildNetwork } from '../../src/nn/network.js'
import { type Tensor, tensor } from '../../src/tensor.js'
import { readCheckpoint, writeCheckpoint } from '../../src/training/checkpoint/checkpoint.node.js'
import { tensorBytes } from '../../src/training/tensor-bytes.js'
import { decodeSafetensors, encodeSafetensors } from '../../src/training/weights/safetensors.js'
import { fakeIo } from '../support/fake-io.js'
import { lengths, pickles, stacks, zips } from '../support/hostile-pth.js'
import { writePth } from '../support/pth-writer.js'
import { smallConfig, smallParameters } from '../support/small-exp9.js'
import { runCommand, smallOptions, writePictures } from '../support/small-training.js'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)
const json = async (...parts: string[]) => JSON.parse(await readFile(at(...parts), 'utf8'))
const parameters = smallParameters()

const torchvision = new Map(
  [...parameters]
    .filter(([name]) => name.startsWith('piece_features.'))
    .map(([name, value]) => [name.replace('piece_', ''), value]),
)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weights-'))
  await writePictures(at('photos'), 8)
  await writeFile(at('mobilenet.pth'), writePth(torchvision))
})
afterAll(() => rm(folder, { recursive: true }))

/** Whether all tensors of `expected` are among those of a checkpoint, bit for bit. */
async function holds(checkpoint: string, expected: ReadonlyMap<string, Tensor>): Promise<boolean> {
  const { trainable, frozen } = await readCheckpoint(checkpoint)
  const tensors = new Map([...trainable, ...frozen])
  return [...expected].every(([name, value]) => {
    const found = tensors.get(name)
    return found !== undefined && Buffer.compare(tensorBytes(found), tensorBytes(value)) === 0
  })
}

describe('a run from weights', () => {
  let result: Awaited<ReturnType<typeof runCommand>>

  beforeAll(async () => {
    const options = ['--preset', 'exp9', '--epochs', '1', '--workers', '0', ...smallOptions]
    result = await runCommand(
      'train',
      '--images',
      at('photos'),
      '-o',
      at('run'),
      '--weights',
      at('mobilenet.pth'),
      ...options,
    )
  })

  test('says what was loaded and what stayed random', () => {
    expect(result.code, result.err).toBe(0)
    expect(result.err).toMatch(/^Weights {3}of both extractors from "mobilenet\.pth", the rest random$/m)
    expect(result.err).not.toContain('hardly learns')
  })

  test('records where the weights came from', async () => {
    const origin = { name: 'mobilenet.pth', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), loaded: 'extractors' }
    expect(await json('run', 'config.json')).toMatchObject({ weights: at('mobilenet.pth') })
    expect(await json('run', 'env.json')).toMatchObject({ weights: [origin] })
    expect(await json('run', 'model', 'model.json')).toMatchObject({
      provenance: { weights: [origin] },
      licence:
        'MIT for the program; the licences of the pictures that it was trained on and of the weights that it started from (mobilenet.pth) may bear on the weights',
    })
  })

  test('is exported as .safetensors and comes back, as its folder does', async () => {
    const exported = await runCommand('export', '--run', at('run'), '-o', at('mine.safetensors'))
    expect(exported).toMatchObject({
      code: 0,
      out: `${at('mine.safetensors')}: 421 tensors, epoch 1 of ${at('run')}\n`,
    })
    const { tensors, metadata } = decodeSafetensors(await readFile(at('mine.safetensors')))
    expect([...tensors.keys()].sort()).toEqual(
      buildNetwork(smallConfig, 'eval')
        .specs.map(spec => spec.name)
        .sort(),
    )
    expect(metadata.get('format')).toBe('pt')

    for (const [weights, output] of [
      ['mine.safetensors', 'from-file'],
      ['run', 'from-run'],
    ] as const) {
      const built = await runCommand('artifacts', '--weights', at(weights), '-o', at(output), ...smallSizes)
      expect(built.code, built.err).toBe(0)
      expect(built.out).toContain(`first weights            of the whole network from "${weights}"\n`)
      expect(await holds(at(output, 'checkpoint'), tensors)).toBe(true)
    }
    expect(await holds(at('run', 'checkpoints', 'best'), tensors)).toBe(true)
  })

  test('never exports over a file that is there', async () => {
    await writeFile(at('there.safetensors'), 'precious')
    const { code, err } = await runCommand('export', '--run', at('run'), '-o', at('there.safetensors'))
    expect(code).toBe(2)
    expect(err).toMatch(/^Error: Expected a new file for the output but received ".*there\.safetensors"\.$/m)
    expect(await readFile(at('there.safetensors'), 'utf8')).toBe('precious')
  })

  test("tells that ImageNet's terms may bear on the model, in the second generation too", async () => {
    const checkpoint = await readCheckpoint(at('run', 'checkpoints', 'best'))
    const imagenet = { name: 'x.pth', sha256: `047dcff4${'0'.repeat(56)}`, loaded: 'extractors' }
    const earlier = { name: 'earlier', sha256: '1'.repeat(64), loaded: 'network' }
    const properties = new Map(checkpoint.properties).set('initial_weights', JSON.stringify([earlier, imagenet]))
    await writeCheckpoint(at('run', 'checkpoints', 'best'), { ...checkpoint, properties })
    expect((await runCommand('export', '--run', at('run'), '-o', at('model'))).code).toBe(0)
    const { licence, provenance } = await json('model', 'model.json')
    expect(licence).toContain(
      "of the weights that it started from (earlier, torchvision's, trained on ImageNet) may bear",
    )
    expect(provenance.weights).toEqual([earlier, imagenet])
    const { out } = await runCommand('inspect', at('model'))
    expect(out).toContain('trained on ImageNet')
  })
})

const smallSizes = ['--piece-size', '32', '--puzzle-size', '64']

describe('hostile files of weights end with 5 and one sentence, and leave nothing', () => {
  const safetensors = (header: unknown, dataLength = 0): Uint8Array => {
    const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
    const length = Buffer.alloc(8)
    length.writeUInt32LE(text.length)
    return Buffer.concat([length, text, Buffer.alloc(dataLength)])
  }
  const f32 = (shape: readonly number[], begin: number, end: number) => ({
    dtype: 'F32',
    shape,
    data_offsets: [begin, end],
  })
  const changed = (name: string, value: Tensor): Map<string, Tensor> =>
    new Map<string, Tensor>(parameters).set(name, value)
  const [one] = [tensor('float32', [1], Float32Array.of(1))]
  const touched = join(tmpdir(), `touched-${process.pid}`)
  const whole = encodeSafetensors(parameters)
  const flipped = Uint8Array.from(writePth(torchvision))
  flipped[1_000_000]! ^= 4

  const files: [what: string, bytes: Uint8Array][] = [
    ...[...pickles(`touch ${touched}`), ...lengths, ...stacks, ...zips].map(([what, bytes]): [string, Uint8Array] => [
      `.pth: ${what}`,
      bytes,
    ]),
    ['.pth: a flipped bit', flipped],
    ['.pth: half of it', writePth(torchvision).subarray(0, 2_000_000)],
    ['.pth: a missing tensor', writePth(new Map([...parameters].slice(1)))],
    ['.pth: an extra tensor', writePth(new Map([...parameters, ['extra', one]]))],
    ['.pth: a wrong shape', writePth(new Map([...parameters, ['refinement.3.bias', one]]))],
    ['.safetensors: half of it', whole.subarray(0, whole.length / 2)],
    ['.safetensors: a flipped bit in its header', whole.map((byte, i) => (i === 40 ? byte ^ 64 : byte))],
    ['.safetensors: a header of 2^56 bytes', whole.map((byte, i) => (i === 7 ? 1 : byte))],
    ['.safetensors: a tensor of 2^52 bytes', safetensors({ w: f32([2 ** 50], 0, 2 ** 52) }, 4)],
    ['.safetensors: overlapping tensors', safetensors({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8)],
    ['.safetensors: endless nesting', safetensors(`{"a":${'['.repeat(500_000)}`)],
    ['.safetensors: no tensors', safetensors({})],
    ['.safetensors: a missing tensor', encodeSafetensors(new Map([...parameters].slice(1)))],
    ['.safetensors: an extra tensor', encodeSafetensors(changed('extra', one))],
    ['.safetensors: a wrong shape', encodeSafetensors(changed('refinement.3.bias', one))],
    ['.safetensors: a name that would break the line', encodeSafetensors(changed('a\nError: b', one))],
    [
      '.safetensors: NaN',
      encodeSafetensors(changed('spatial_correlation.temperature', tensor('float32', [1], Float32Array.of(NaN)))),
    ],
    ['a checkpoint cut off', Buffer.from('\x20\x00\x00\x00ODTC\x00\x00\x00\x00', 'latin1')],
    ['a bare pickle', Buffer.from('\x80\x02cos\nsystem\n', 'latin1')],
  ]

  test.each(files)('%s', async (_, bytes) => {
    await writeFile(at('hostile'), bytes)
    const before = await readdir(folder)
    const { code, out, err } = await runCommand(
      'artifacts',
      '--weights',
      at('hostile'),
      '-o',
      at('none'),
      ...smallSizes,
    )
    expect(code, err).toBe(5)
    expect(out).toBe('')
    expect(err).toMatch(/^Error: [^\n]+\.\n(Hint: [^\n]+\n)?$/)
    expect(await readdir(folder)).toEqual(before)
    expect(existsSync(touched)).toBe(false)
  })

  test('a training does not begin', async () => {
    const { code, err } = await runCommand(
      'train',
      '--images',
      at('photos'),
      '-o',
      at('none'),
      '--weights',
      at('hostile'),
    )
    expect(code, err).toBe(5)
    expect(existsSync(at('none'))).toBe(false)
  })
})

test('without a network --weights imagenet ends with 3 and says what to do', async () => {
  const io = fakeIo({ env: { PIECE_LOCATOR_CACHE: at('cache'), PIECE_LOCATOR_MIRROR: 'http://localhost:1' } })
  expect(await runCli(['artifacts', '--weights', 'imagenet', '-o', at('none')], io)).toBe(3)
  expect(io.err()).toMatch(/^Error: Cannot fetch http:\/\/localhost:1\/mobilenet_v3_small-047dcff4\.pth: [^\n]+\.$/m)
  expect(io.err()).toMatch(
    /^Hint: Where there is a network, fetch https:\/\/download\.pytorch\.org\/models\/mobilenet_v3_small-047dcff4\.pth; then --weights mobilenet_v3_small-047dcff4\.pth takes it, or put it into .*cache\.$/m,
  )
  expect(existsSync(at('cache'))).toBe(false)
})
