/**
 * Tensors that another language generates bit for bit, from their names: whole-number hashing, then float64 arithmetic
 * whose every step is exact or correctly rounded, then one rounding to float32. `test/goldens/README.md` has the recipe.
 */

/** `count` numbers, uniform in (-1, 1), that belong to an ASCII name. */
export function goldenUniform(name: string, count: number): Float32Array {
  return fill(count, uniformStream(name))
}

/** The `k`-th sketch's random signs (k < 32), +1 or -1, for the `count` elements of the tensor of this name. */
export function goldenSigns(name: string, k: number, count: number): Int8Array {
  const word = signWords(name)
  return Int8Array.from({ length: count }, (_, i) => 1 - 2 * ((word(i) >>> k) & 1))
}

/** For each element of the tensor of this name, a 32-bit word whose bit k is set where sketch k has the sign -1. */
export function signWords(name: string): (index: number) => number {
  return wordStream(`${name}/signs`)
}

/**
 * The value in the goldens' network of the parameter or running statistic of a `state_dict` name: all magnitudes of a
 * freshly initialized network (He's rule by fan-out for convolutions, 1 / sqrt(fan-in) for linear layers), but no
 * two equal, no zeros and no ones, so that every gradient is exercised.
 */
export function goldenParameter(name: string, shape: readonly number[]): Float32Array {
  const count = shape.reduce((product, dim) => product * dim, 1)
  const uniform = uniformStream(name)
  if (name.endsWith('.running_mean')) return new Float32Array(count)
  if (name.endsWith('.running_var')) return new Float32Array(count).fill(1)
  if (name.endsWith('.temperature')) return new Float32Array(count).fill(Math.sqrt(128))
  if (shape.length === 4) {
    const bound = Math.sqrt(6 / (shape[0]! * shape[2]! * shape[3]!))
    return fill(count, i => bound * uniform(i))
  }
  if (shape.length === 2) {
    const bound = Math.sqrt(3 / shape[1]!)
    return fill(count, i => bound * uniform(i))
  }
  // Only batch-norm layers have the index 1.
  if (name.endsWith('.1.weight')) return fill(count, i => 1 + 0.1 * uniform(i))
  if (name.endsWith('.1.bias')) return fill(count, i => 0.1 * uniform(i))
  return fill(count, i => 0.05 * uniform(i))
}

/** Square pictures `[count, 3, size, size]` in 0..1: per channel three slanted triangle waves, a level, some noise. */
export function goldenPictures(name: string, count: number, size: number): Float32Array {
  const wave = wordStream(`${name}/waves`)
  const noise = wordStream(name)
  const pictures = new Float32Array(count * 3 * size * size)
  for (let plane = 0, at = 0; plane < count * 3; plane++) {
    const word = (index: number) => wave(plane * 16 + index)
    const waves = [0, 4, 8].map(j => ({
      x: (word(j) % 9) - 4,
      y: (word(j + 1) % 9) - 4,
      phase: word(j + 2) % 128,
      height: 8 + (word(j + 3) % 19),
    }))
    const level = (word(12) % 64) / 256
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++, at++) {
        let sum = 0
        for (const w of waves) sum += w.height * Math.abs(((w.x * x + w.y * y + w.phase) & 127) - 64)
        pictures[at] = level + sum / 8192 + (noise(at) + 0.5) / 2 ** 35
      }
    }
  }
  return pictures
}

/** Positions `[count, 2]`, each coordinate uniform in 0.0625..0.9375. */
export function goldenTargets(name: string, count: number): Float32Array {
  const uniform = uniformStream(name)
  return fill(count * 2, i => 0.5 + 0.4375 * uniform(i))
}

function fill(count: number, value: (index: number) => number): Float32Array {
  const values = new Float32Array(count)
  for (let i = 0; i < count; i++) values[i] = value(i)
  return values
}

/** Uniform in (-1, 1), exact in float64: 33 bits. */
function uniformStream(name: string): (index: number) => number {
  const word = wordStream(name)
  return index => (word(index) + 0.5) / 2 ** 31 - 1
}

/** A stream of 32-bit words that are told by name and index alone. */
function wordStream(name: string): (index: number) => number {
  const hash = fnv1a(name)
  return index => mix((mix(index) + hash) | 0) >>> 0
}

/** 32-bit FNV-1a of an ASCII text. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

/** The finalizer of MurmurHash3 (32 bits): a bijection after which neighbours have nothing in common. */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
