import { expected, type LocatorError } from '../../errors.js'

/** The error of a file of weights whose bytes contradict its format. */
export function damaged(what: string, where: string, received: unknown, cause?: unknown): LocatorError {
  const hint = 'The file is damaged, or it was cut off while it was written or copied.'
  return expected('E_MODEL', what, where, received, { hint, cause })
}
