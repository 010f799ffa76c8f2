import { expected } from '../errors.js'

/** An object of a model's JSON document, which knows its place in it: whatever is missing or wrong is an E_MODEL that names the key. */
export class JsonReader {
  readonly all: Readonly<Record<string, unknown>>

  constructor(
    value: unknown,
    private readonly where: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw expected('E_MODEL', 'an object', where, value)
    }
    this.all = value as Record<string, unknown>
  }

  /** The object that a document consists of. */
  static parse(text: string, where: string): JsonReader {
    return new JsonReader(parseJson(text, where), where)
  }

  has(key: string): boolean {
    return this.all[key] !== undefined
  }

  value<T>(key: string, what: string, matches: (value: unknown) => value is T): T {
    const value = this.all[key]
    if (!matches(value)) throw expected('E_MODEL', what, `"${key}" of ${this.where}`, value)
    return value
  }

  text(key: string): string {
    return this.value(key, 'text', isText)
  }

  number(key: string): number {
    return this.value(key, 'a number', (x): x is number => typeof x === 'number')
  }

  /** The side of a square picture in pixels. */
  side(key: string): number {
    const isPixels = (x: unknown): x is number => Number.isInteger(x) && (x as number) >= 1 && (x as number) <= 4096
    return this.value(key, 'a whole number of 1 to 4096', isPixels)
  }

  object(key: string): JsonReader {
    return new JsonReader(this.all[key], `"${key}" of ${this.where}`)
  }

  list(key: string): JsonReader[] {
    const items = this.value(key, 'a list', (x): x is unknown[] => Array.isArray(x))
    return items.map((item, i) => new JsonReader(item, `"${key}[${i}]" of ${this.where}`))
  }
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw expected('E_MODEL', 'JSON', where, (cause as Error).message, { cause })
  }
}
