/**
 * What went wrong, as a stable word that programs may switch on.
 *
 * - `E_USAGE` an option or argument that cannot be meant
 * - `E_CONFIG` a configuration whose parts do not fit together
 * - `E_INPUT` a file or folder that is missing or unreadable
 * - `E_IMAGE` a file that is not a picture this program can use
 * - `E_DIVERGED` a training whose loss left the finite numbers
 * - `E_MODEL` a model that is damaged or of another kind
 * - `E_CHECKPOINT` a checkpoint that is damaged or of another kind
 * - `E_SHAPE` tensors whose types or shapes do not fit
 * - `E_OP_UNSUPPORTED` an operator without a rule for what was asked of it
 * - `E_DISPOSED` an object used after its release
 */
export type ErrorCode =
  | 'E_USAGE'
  | 'E_CONFIG'
  | 'E_INPUT'
  | 'E_IMAGE'
  | 'E_DIVERGED'
  | 'E_MODEL'
  | 'E_CHECKPOINT'
  | 'E_SHAPE'
  | 'E_OP_UNSUPPORTED'
  | 'E_DISPOSED'

/** Every error that this package throws on purpose. `message` is one sentence; `hint` says what to do. */
export class LocatorError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'LocatorError'
    this.code = code
    this.hint = options.hint
  }
}

/**
 * The grammar of this package's errors: "Expected WHAT for WHERE but received VALUE."
 *
 * @example throw expected('E_USAGE', 'a grid as ROWSxCOLS, like 4x6', '--grid', '4by6')
 */
export function expected(
  code: ErrorCode,
  what: string,
  where: string,
  received: unknown,
  options: { hint?: string; cause?: unknown } = {},
): LocatorError {
  return new LocatorError(code, `Expected ${what} for ${where} but received ${describe(received)}.`, options)
}

/** A value as a reader of an error message wants it: short, quoted where it is text. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return value.length > 120 ? `"${value.slice(0, 117)}..."` : `"${value}"`
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'object' && !Array.isArray(value)) return value.constructor?.name ?? 'an object'
  return String(Array.isArray(value) ? `[${value.join(', ')}]` : value)
}
