import { describe, expect, it } from 'vitest'
import { Random } from '../src/prng.js'

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.uniform())
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('a stream of random numbers', () => {
  it('is the same in every release: datasets and trainings hang on it', () => {
    const random = Random.from(1, 'weights')
    expect(draw(random, 2)).toEqual([0.7118688845075667, 0.3989228536374867])
    expect(random.integer(1000)).toBe(234)
    expect(random.between(-1, 1)).toBe(0.2725080563686788)
    // Logarithm and cosine may differ in their last bit between engines.
    expect(random.normal()).toBeCloseTo(-0.9582815923844813, 12)
    expect(random.chance(0.5)).toBe(false)
    expect(random.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([4, 8, 0, 2, 5, 9, 1, 7, 3, 6])
    expect(random.state).toEqual([-1591812387, 1163681990, -2125953696, 1184464094])
    expect(draw(Random.from(0), 3)).toEqual([0.13880583085119724, 0.9291862738318741, 0.7451408596243709])
  })

  it('goes on where its state was read, also through JSON', () => {
    const random = Random.from(7, 'dropout')
    draw(random, 1001)
    const state = JSON.parse(JSON.stringify(random.state)) as number[]
    const rest = draw(random, 100)
    expect(draw(Random.fromState(state), 100)).toEqual(rest)
    expect(draw(Random.fromState(state), 100)).toEqual(rest)
  })

  it('does not change by the reading of its state', () => {
    const [read, unread] = [Random.from(3), Random.from(3)]
    for (let i = 0; i < 10; i++) {
      expect(read.state).toHaveLength(4)
      expect(read.uniform()).toBe(unread.uniform())
    }
  })

  it.each([
    [[]],
    [[1, 2, 3]],
    [[1, 2, 3, 4, 5]],
    [[1.5, 2, 3, 4]],
    [[2 ** 31, 2, 3, 4]],
    [[Number.NaN, 0, 0, 1]],
    [[0, 0, 0, 0]],
    ['state'],
    [null],
  ])('refuses the state %j', state => {
    expect(() => Random.fromState(state as number[])).toThrow(
      expect.objectContaining({ code: 'E_CHECKPOINT', message: expect.stringContaining('four 32-bit integers') }),
    )
  })

  it('belongs to its parts, all of them and in their order', () => {
    const firsts = [
      Random.from(1),
      Random.from(2),
      Random.from(1, 'augment'),
      Random.from(1, 'augment', 1),
      Random.from(1, 'augment', 2),
      Random.from(1, 'augment', 1, 2),
      Random.from(1, 'augment', 2, 1),
      Random.from(1, 'augment', 12),
      Random.from('augment', 1),
      Random.from(-1),
      Random.from(2 ** 31),
      Random.from('größe'),
    ].map(random => random.uniform())
    expect(new Set(firsts).size).toBe(firsts.length)
    expect(Random.from(1, 'augment', 2).uniform()).toBe(Random.from(1, 'augment', 2).uniform())
  })
})

describe('streams of neighbouring seeds', () => {
  const streams = Array.from({ length: 500 }, (_, seed) => draw(Random.from(seed, 'sample'), 8))

  it('are not alike from their first number on', () => {
    for (let i = 0; i < 8; i++) {
      const column = streams.map(stream => stream[i]!)
      // 500 uniform numbers have a mean of 0.5 and a deviation of it of 0.013.
      expect(Math.abs(mean(column) - 0.5)).toBeLessThan(0.06)
      expect(Math.abs(mean(column.map(value => value ** 2)) - 1 / 3)).toBeLessThan(0.06)
      const neighbours = column.slice(1).map((value, seed) => (value - 0.5) * (column[seed]! - 0.5))
      expect(Math.abs(mean(neighbours))).toBeLessThan(0.02)
    }
  })

  it('fill every tenth of the range', () => {
    const tenths = new Array<number>(10).fill(0)
    for (const value of streams.flat()) tenths[Math.floor(value * 10)]!++
    for (const count of tenths) expect(Math.abs(count - 400)).toBeLessThan(100)
  })
})

describe('what is drawn', () => {
  const random = Random.from('distributions')
  const sample = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one)

  it('is uniform within its bounds', () => {
    for (const value of sample(2000, () => random.between(-3, 5))) {
      expect(value).toBeGreaterThanOrEqual(-3)
      expect(value).toBeLessThan(5)
    }
    const integers = sample(3000, () => random.integer(3))
    expect([...new Set(integers)].sort()).toEqual([0, 1, 2])
    for (const value of [0, 1, 2]) expect(Math.abs(integers.filter(i => i === value).length - 1000)).toBeLessThan(150)
    expect(sample(100, () => random.integer(1))).toEqual(Array(100).fill(0))
  })

  it('is normal with mean 0 and deviation 1, and always finite', () => {
    const values = sample(4000, () => random.normal())
    expect(values.every(Number.isFinite)).toBe(true)
    expect(Math.abs(mean(values))).toBeLessThan(0.08)
    expect(Math.abs(mean(values.map(value => value ** 2)) - 1)).toBeLessThan(0.12)
    expect(Math.abs(values.filter(value => Math.abs(value) < 1).length / 4000 - 0.6827)).toBeLessThan(0.04)
  })

  it('happens as often as it is likely', () => {
    expect(sample(100, () => random.chance(0))).not.toContain(true)
    expect(sample(100, () => random.chance(1))).not.toContain(false)
    expect(Math.abs(sample(2000, () => random.chance(0.1)).filter(Boolean).length - 200)).toBeLessThan(60)
  })

  it('is a permutation, each place as likely as any other', () => {
    const places = [0, 0, 0, 0]
    for (let i = 0; i < 2000; i++) {
      const items = ['a', 'b', 'c', 'd']
      expect(random.shuffle(items)).toBe(items)
      expect([...items].sort()).toEqual(['a', 'b', 'c', 'd'])
      places[items.indexOf('a')]!++
    }
    for (const count of places) expect(Math.abs(count - 500)).toBeLessThan(100)
    expect(random.shuffle([])).toEqual([])
  })
})
