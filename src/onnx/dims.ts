import type { Dim, Shape } from './graph.js'

/**
 * Arithmetic with symbolic dimensions. A symbolic dimension is text: a product of symbols with whole powers and a rational
 * coefficient, like `P`, `4*P/Q`; anything else is one opaque symbol in parentheses, like `(floor((H-1)/2)+1)`.
 * Equal dimensions have equal text.
 */
interface Monomial {
  numerator: number
  denominator: number
  /** Power of each symbol, never 0. */
  powers: Map<string, number>
}

/** The product of dimensions. */
export function multiplyDims(dims: readonly Dim[]): Dim {
  if (dims.every(dim => typeof dim === 'number'))
    return dims.reduce<number>((product, dim) => product * (dim as number), 1)
  const product: Monomial = { numerator: 1, denominator: 1, powers: new Map() }
  for (const dim of dims) multiplyInto(product, dim, 1)
  return format(product)
}

/** `a / b`; null where both are numbers and the division leaves a rest. */
export function divideDims(a: Dim, b: Dim): Dim | null {
  if (typeof a === 'number' && typeof b === 'number') return b !== 0 && a % b === 0 ? a / b : null
  const quotient: Monomial = { numerator: 1, denominator: 1, powers: new Map() }
  multiplyInto(quotient, a, 1)
  multiplyInto(quotient, b, -1)
  return format(quotient)
}

/** The sum of dimensions. */
export function addDims(dims: readonly Dim[]): Dim {
  const known = dims.reduce<number>((sum, dim) => (typeof dim === 'number' ? sum + dim : sum), 0)
  const symbols = dims.filter(dim => typeof dim === 'string').sort()
  if (symbols.length === 0) return known
  if (symbols.length === 1 && known === 0) return symbols[0]!
  return opaque([...symbols, ...(known === 0 ? [] : [String(known)])].join('+').replaceAll('+-', '-'))
}

/** `floor((dim + add) / divisor) + 1`: the output size of a sliding window. */
export function windowDim(dim: Dim, add: number, divisor: number): Dim {
  if (typeof dim === 'number') return Math.floor((dim + add) / divisor) + 1
  if (divisor === 1) return addDims([dim, add + 1])
  return opaque(`floor((${dim}${add < 0 ? add : `+${add}`})/${divisor})+1`)
}

/** `floor(dim * factor)`: the output size of a resize. The product is rounded to float32 first, as in ONNX Runtime: 3 x 2.3333333 is 7. */
export function scaleDim(dim: Dim, factor: number): Dim {
  if (typeof dim === 'number') return Math.floor(Math.fround(dim * factor))
  return Number.isInteger(factor) ? multiplyDims([dim, factor]) : opaque(`floor(${dim}*${factor})`)
}

/** Whether every dimension is a number. */
export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every(dim => typeof dim === 'number')
}

/** Whether two shapes are the same, symbols included. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i])
}

/**
 * The shape that elementwise operators give (ONNX "Broadcasting", NumPy's rules); null where the shapes do not fit.
 * A symbolic dimension fits itself and 1 only.
 */
export function broadcastShapes(shapes: readonly Shape[]): Shape | null {
  const rank = Math.max(...shapes.map(shape => shape.length))
  const result: Dim[] = []
  for (let axis = 0; axis < rank; axis++) {
    let dim: Dim = 1
    for (const shape of shapes) {
      const other = shape[axis - rank + shape.length] ?? 1
      if (other === 1 || other === dim) continue
      if (dim !== 1) return null
      dim = other
    }
    result.push(dim)
  }
  return result
}

function opaque(text: string): string {
  return `(${text})`
}

function multiplyInto(target: Monomial, dim: Dim, sign: 1 | -1): void {
  if (typeof dim === 'number') {
    if (sign === 1) target.numerator *= dim
    else target.denominator *= dim
    return
  }
  for (const { factor, power } of splitFactors(dim)) {
    const value = Number(factor)
    if (Number.isInteger(value)) multiplyInto(target, value, (power * sign) as 1 | -1)
    else {
      const total = (target.powers.get(factor) ?? 0) + power * sign
      if (total === 0) target.powers.delete(factor)
      else target.powers.set(factor, total)
    }
  }
}

/** The factors of a product, split at the `*` and `/` that stand outside parentheses. */
function splitFactors(text: string): { factor: string; power: 1 | -1 }[] {
  const factors: { factor: string; power: 1 | -1 }[] = []
  let depth = 0
  let start = 0
  let power: 1 | -1 = 1
  for (let i = 0; i <= text.length; i++) {
    const character = text[i]
    if (character === '(') depth++
    else if (character === ')') depth--
    else if (i === text.length || (depth === 0 && (character === '*' || character === '/'))) {
      factors.push({ factor: text.slice(start, i), power })
      power = character === '/' ? -1 : 1
      start = i + 1
    }
  }
  return factors
}

function format({ numerator, denominator, powers }: Monomial): Dim {
  const divisor = greatestCommonDivisor(Math.abs(numerator), Math.abs(denominator)) || 1
  const factors: string[] = []
  const divisors: string[] = []
  for (const symbol of [...powers.keys()].sort()) {
    const power = powers.get(symbol)!
    for (let i = 0; i < Math.abs(power); i++) (power > 0 ? factors : divisors).push(symbol)
  }
  if (denominator / divisor !== 1) divisors.push(String(denominator / divisor))
  if (numerator / divisor !== 1 || factors.length === 0) factors.unshift(String(numerator / divisor))
  if (factors.length === 1 && divisors.length === 0 && powers.size === 0) return numerator / divisor
  return [factors.join('*'), ...divisors].join('/')
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
