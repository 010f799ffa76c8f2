import { expected } from '../errors.js'
import { type Grid, parseGrid } from '../image/grid.js'

/**
 * The value of an option that cannot be left out. Commander's own check would come before the one for unknown options,
 * and call `--puzle box.jpg` a missing --puzzle.
 *
 * @throws E_USAGE where it was left out
 */
export function required<T>(value: T | undefined, what: string, option: string): T {
  if (value === undefined) throw expected('E_USAGE', what, option, undefined)
  return value
}

/** Reads an option's whole number. @throws E_USAGE outside `least` .. `most` */
export function wholeNumber(option: string, least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`
  return text => {
    const value = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN
    if (!(value >= least && value <= most)) throw expected('E_USAGE', `a whole number ${range}`, option, text)
    return value
  }
}

/** Reads an option's number, such as 0.1 or 1e-4. @throws E_USAGE outside `least` .. `most` */
export function decimalNumber(
  option: string,
  least: number,
  most = Number.POSITIVE_INFINITY,
): (text: string) => number {
  const range = most === Number.POSITIVE_INFINITY ? `of ${least} or more` : `from ${least} to ${most}`
  return text => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!(Number.isFinite(value) && value >= least && value <= most)) {
      throw expected('E_USAGE', `a number ${range}`, option, text)
    }
    return value
  }
}

/** Reads an option's epochs, such as 20 or 20,40. @throws E_USAGE where they are no whole numbers */
export function epochList(option: string): (text: string) => number[] {
  return text => text.split(',').map(wholeNumber(option, 1, 100_000))
}

/** Reads an option's grid. @throws E_USAGE where it is not ROWSxCOLS */
export function grid(option: string): (text: string) => Grid {
  return text => parseGrid(text, option)
}
