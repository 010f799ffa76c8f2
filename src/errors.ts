/**
 * What went wrong, as a stable word that programs may switch on.
 *
 * - `E_USAGE` an option or argument that cannot be meant
 * - `E_CONFIG` a configuration whose parts do not fit together
 * - `E_INPUT` a file or folder that is missing or unreadable
 * - `E_IMAGE` a file that is not a picture this program can use
 * - `E_DIVERGED` a training whose loss exploded or left the finite numbers, or that did not learn what it had to
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

/** Longer messages lose their middle: names in damaged files have any length. */
const longestMessage = 2000

/** Every error that this package throws on purpose. `message` is one sentence on one line; `hint` says what to do. */
export class LocatorError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(oneLine(message), options.cause === undefined ? undefined : { cause: options.cause })
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

/** A value as a reader of an error message wants it: short, on one line, quoted where it is text. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `"${shortened(escapeControls(value))}"`
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return `[${shortened(escapeControls(value.slice(0, 120).map(listed).join(', ')))}]`
  return typeof value === 'object' ? (value.constructor?.name ?? 'an object') : String(value)
}

/**
 * Text with control characters, line ends and marks that reverse the direction of reading written as escapes, as JavaScript writes them:
 * names in files of other people cannot break a line or act on a terminal.
 */
export function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    character => shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function oneLine(message: string): string {
  const text = escapeControls(message)
  return text.length <= longestMessage ? text : `${text.slice(0, longestMessage - 505)} ... ${text.slice(-500)}`
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}

function listed(value: unknown): string {
  return Array.isArray(value) ? value.map(listed).join(', ') : String(value ?? 'nothing')
}
