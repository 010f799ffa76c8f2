import { Random } from '../../src/prng.js'
import type { Tensor } from '../../src/tensor.js'
import type { Checkpoint, Moments, Property } from '../../src/training/checkpoint/checkpoint.js'
import { comparable, randomDims, randomName, randomTensor, randomTensorOf } from './random-tensors.js'

/** A valid checkpoint; every second one without an optimizer's state or with one that has no moments. */
export function randomCheckpoint(seed: number, size = 8): Checkpoint {
  const random = Random.from(seed, 'checkpoint')
  const trainable = new Map<string, Tensor>()
  const frozen = new Map<string, Tensor>()
  const moments = new Map<string, Moments>()
  const withMoments = random.chance(0.5)
  for (let i = 0; i < 1 + random.integer(size); i++) {
    const name = randomName(random, i)
    if (random.chance(0.3)) {
      frozen.set(name, randomTensor(random))
      continue
    }
    const dims = randomDims(random)
    trainable.set(name, randomTensorOf(random, 'float32', dims))
    const [first, second] = [randomTensorOf(random, 'float32', dims), randomTensorOf(random, 'float32', dims)]
    if (withMoments) moments.set(name, { first, second })
  }
  const optimizer = { group: 'group0', step: random.integer(2 ** 31), initialLearningRate: 0.125, moments } as const
  const properties = new Map<string, Property>()
  // Integers, floats, texts: the order in which a file gives them back.
  for (const draw of [drawInteger, drawFloat, drawText]) {
    for (let i = 0; i < random.integer(4); i++) properties.set(randomName(random, properties.size), draw(random))
  }
  return { trainable, frozen, optimizer: withMoments || random.chance(0.5) ? optimizer : null, properties }
}

const drawInteger = (random: Random) => BigInt.asIntN(64, BigInt(random.integer(2 ** 32)) ** 3n)
const drawFloat = (random: Random) => [0, -0, Number.NaN, -Infinity, Math.fround(random.normal())][random.integer(5)]!
const drawText = (random: Random) => (random.chance(0.2) ? '' : randomName(random, 0))

/** Everything in a checkpoint, in its order, for comparing bit by bit. */
export function comparableCheckpoint({ trainable, frozen, optimizer, properties }: Checkpoint): unknown {
  return {
    trainable: comparable(trainable),
    frozen: comparable(frozen),
    optimizer: optimizer && {
      ...optimizer,
      moments: Array.from(optimizer.moments, ([name, { first, second }]) => [
        name,
        comparable(
          new Map([
            ['first', first],
            ['second', second],
          ]),
        ),
      ]),
    },
    properties: [...properties],
  }
}
