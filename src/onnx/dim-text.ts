import { expected } from '../errors.js'
import type { Dim } from './graph.js'

/** A product: a rational coefficient times whole powers of factors. */
export interface Product {
  readonly numerator: number
  /** At least 1, without a factor in common with the numerator. */
  readonly denominator: number
  /** Power of each factor, never 0: symbols, sums in parentheses, calls like `floor(H/2)`. */
  readonly powers: ReadonlyMap<string, number>
}

/** Longer expressions come from no network, but from a file that was made to blow up. */
const longestText = 500

/** The product that a dimension is. */
export function parseProduct(dim: Dim): Product {
  if (typeof dim === 'number') return { numerator: dim, denominator: 1, powers: new Map() }
  return multiply(
    split(dim, '*/').map(({ text, separator }) => {
      const factor = /^-?\d+$/.test(text)
        ? { numerator: Number(text), denominator: 1, powers: new Map<string, number>() }
        : { numerator: 1, denominator: 1, powers: new Map([[text, 1]]) }
      return separator === '/' ? invert(factor) : factor
    }),
  )
}

/** The product of products. @throws E_SHAPE where its numbers leave the exact ones */
export function multiply(factors: readonly Product[]): Product {
  let [numerator, denominator] = [1, 1]
  const powers = new Map<string, number>()
  for (const factor of factors) {
    for (const [name, power] of factor.powers) {
      const total = (powers.get(name) ?? 0) + power
      if (total === 0) powers.delete(name)
      else powers.set(name, total)
    }
    numerator *= factor.numerator
    denominator *= factor.denominator
    const common = greatestCommonDivisor(numerator, denominator)
    numerator /= common
    denominator /= common
    if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator)) throw tooLarge(numerator / denominator)
  }
  return numerator === 0 ? { numerator: 0, denominator: 1, powers: new Map() } : { numerator, denominator, powers }
}

/** One divided by a product that is not 0. */
export function invert({ numerator, denominator, powers }: Product): Product {
  return {
    numerator: Math.sign(numerator) * denominator,
    denominator: Math.abs(numerator),
    powers: new Map([...powers].map(([name, power]) => [name, -power])),
  }
}

/** The text of a product, a number where it has no symbols and is whole. @throws E_SHAPE where it is too long */
export function formatProduct({ numerator, denominator, powers }: Product): Dim {
  if (powers.size === 0 && denominator === 1) return numerator
  const length = [...powers].reduce((sum, [name, power]) => sum + (name.length + 1) * Math.abs(power), 0)
  if (length > longestText) throw tooLarge(`an expression of ${length} characters`)
  const names = [...powers.keys()].sort()
  const repeated = (sign: 1 | -1): string[] =>
    names.flatMap(name => Array<string>(Math.max(0, sign * powers.get(name)!)).fill(name))
  const factors = repeated(1)
  if (numerator !== 1 || factors.length === 0) factors.unshift(String(numerator))
  const divisors = repeated(-1)
  if (denominator !== 1) divisors.push(String(denominator))
  return [factors.join('*'), ...divisors].join('/')
}

/** The terms that a dimension is the sum of. A multiple of a sum is one of its terms. */
export function parseTerms(dim: Dim): readonly Product[] {
  const product = parseProduct(dim)
  const [factor] = product.powers
  if (product.powers.size !== 1 || !factor![0].startsWith('(') || factor![1] !== 1) return [product]
  const outside = { ...product, powers: new Map<string, number>() }
  return split(factor![0].slice(1, -1), '+-')
    .filter(({ text }) => text !== '')
    .map(({ text, separator }) => {
      const term = parseProduct(/^\d+$/.test(text) ? Number(text) : text)
      return multiply([outside, separator === '-' ? { ...term, numerator: -term.numerator } : term])
    })
}

/**
 * The sum of products, those of the same factors added up. What the coefficients have in common stands before the parentheses, so that the first
 * term within is positive: `2*(P+Q-1)`.
 */
export function formatSum(terms: readonly Product[]): Dim {
  const collected = new Map<string, Product>()
  for (const term of terms) {
    const key = String(formatProduct({ ...term, numerator: 1, denominator: 1 }))
    const sum = addCoefficients(collected.get(key), term)
    if (sum.numerator === 0) collected.delete(key)
    else collected.set(key, sum)
  }
  // The constant, whose key is "1", comes last.
  const keys = [...collected.keys()].sort((a, b) => Number(a === '1') - Number(b === '1') || (a < b ? -1 : 1))
  const summands = keys.map(key => collected.get(key)!)
  if (summands.length === 0) return 0
  if (summands.length === 1) return formatProduct(summands[0]!)
  const common = commonFactor(summands)
  const parts = summands.map(term => {
    const { numerator, ...rest } = multiply([term, invert(common)])
    return `${numerator < 0 ? '-' : '+'}${formatProduct({ ...rest, numerator: Math.abs(numerator) })}`
  })
  return formatProduct({ ...common, powers: new Map([[`(${parts.join('').slice(1)})`, 1]]) })
}

function addCoefficients(a: Product | undefined, b: Product): Product {
  if (!a) return b
  const coefficient = multiply([
    { numerator: a.numerator * b.denominator + b.numerator * a.denominator, denominator: 1, powers: new Map() },
    { numerator: 1, denominator: a.denominator * b.denominator, powers: new Map() },
  ])
  return { ...coefficient, powers: b.powers }
}

/** The largest number that every coefficient is a whole multiple of, with the sign of the first. */
function commonFactor(terms: readonly Product[]): Product {
  const numerator = terms.reduce((common, term) => greatestCommonDivisor(common, term.numerator), 0)
  const denominator = terms.reduce(
    (common, term) => (common * term.denominator) / greatestCommonDivisor(common, term.denominator),
    1,
  )
  return { numerator: Math.sign(terms[0]!.numerator) * numerator, denominator, powers: new Map() }
}

/** A dimension's name out of a foreign file: as it is where it is a symbol or an expression of this form, else made into a symbol. */
export function dimOfName(name: string): Dim {
  return isExpression(name)
    ? name
    : name.replace(/[^\w.]|^\d/gu, character => `$${character.codePointAt(0)!.toString(16)}`)
}

function isExpression(text: string): boolean {
  return (
    text.length <= longestText &&
    split(text, '*/').every(part => isFactor(part.text)) &&
    formatSum(parseTerms(text)) === text
  )
}

function isFactor(text: string): boolean {
  if (/^([A-Za-z_$][\w.$]*|-?\d+(\.\d+)?)$/.test(text)) return true
  const [, name, content] = /^(floor)?\((.+)\)$/.exec(text) ?? []
  if (!content) return false
  const terms = name ? [content] : split(content, '+-').map(part => part.text)
  return terms.every((term, i) => (i === 0 && term === '') || split(term, '*/').every(part => isFactor(part.text)))
}

/** Splits at separators that stand outside parentheses; each part comes with the one before it. */
function split(text: string, separators: string): { text: string; separator: string }[] {
  const parts: { text: string; separator: string }[] = []
  let depth = 0
  let start = 0
  let separator = ''
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (i === text.length || (depth === 0 && separators.includes(text[i]!))) {
      parts.push({ text: text.slice(start, i), separator })
      separator = text[i] ?? ''
      start = i + 1
    }
  }
  return parts
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) || 1 : greatestCommonDivisor(b, a % b)
}

function tooLarge(received: unknown): Error {
  return expected('E_SHAPE', 'numbers below 2^53 and short expressions', 'a dimension', received)
}
