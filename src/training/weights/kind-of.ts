/**
 * A value of a file as an error may tell it. Lists and dicts by these words only: those of a hostile file may hold themselves, or be as
 * large as a description of them.
 */
export function kindOf(value: unknown): unknown {
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Map) return 'a dict'
  return value
}
