import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator'
import { expected } from './errors.js'

/**
 * A seeded stream of random numbers (xoroshiro128+), whose state can be saved and restored.
 *
 * Streams for different purposes are derived, never shared: `Random.from(seed, 'augment', epoch, sample)` gives the same
 * numbers whatever else was drawn before, so that the number of workers or a resume changes nothing.
 */
export class Random {
  private constructor(private readonly generator: JumpableRandomGenerator) {}

  /** The stream that belongs to these parts: integers and words, in this order. */
  static from(...parts: readonly (number | string)[]): Random {
    const generator = xoroshiro128plus(hashParts(parts))
    // The seed is 32 bits wide; the first values of neighbouring seeds are alike until the state has mixed.
    for (let i = 0; i < 8; i++) generator.next()
    return new Random(generator)
  }

  /** Continues where {@link state} was read. @throws E_CHECKPOINT where it is no such state */
  static fromState(state: readonly number[]): Random {
    // A generator whose state is all zeros never leaves it.
    const valid =
      Array.isArray(state) && state.length === 4 && state.every(word => word === (word | 0)) && state.some(Boolean)
    if (!valid) throw expected('E_CHECKPOINT', 'four 32-bit integers, not all 0', "a random generator's state", state)
    return new Random(xoroshiro128plusFromState(state))
  }

  /** The generator's state: four 32-bit integers. */
  get state(): readonly number[] {
    return this.generator.getState()
  }

  /** Uniform in [0, 1), with 32 random bits. */
  uniform(): number {
    return (this.generator.next() >>> 0) / 4294967296
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform()
  }

  /** A whole number, uniform in 0 .. limit - 1. */
  integer(limit: number): number {
    return Math.floor(this.uniform() * limit)
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability
  }

  /** Normal with mean 0 and standard deviation 1 (Box-Muller, one of the pair). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const item = items[i]!
      items[i] = items[j]!
      items[j] = item
    }
    return items
  }
}

/** FNV-1a over the parts' text, finished by murmur3's 32-bit mixer. */
function hashParts(parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5
  for (const character of parts.join('\u0000')) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
