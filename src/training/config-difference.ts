/** A value that differs between two configurations. */
export interface ConfigDifference {
  /** `epochs`, `grid.rows`. */
  readonly key: string
  readonly before: unknown
  readonly after: unknown
}

/** Every value that differs between two configurations, by its path. */
export function configDifferences(before: object, after: object): ConfigDifference[] {
  const [values, others] = [flatten(before), flatten(after)]
  return [...new Set([...values.keys(), ...others.keys()])]
    .filter(key => values.get(key) !== others.get(key))
    .map(key => ({ key, before: values.get(key), after: others.get(key) }))
}

function flatten(value: object, prefix = ''): Map<string, unknown> {
  return new Map(
    Object.entries(value).flatMap(([key, part]): [string, unknown][] =>
      typeof part === 'object' && part !== null ? [...flatten(part, `${prefix}${key}.`)] : [[`${prefix}${key}`, part]],
    ),
  )
}
