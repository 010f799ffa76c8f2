/** The function, called at most once: gradients of several inputs that come from one node. */
export function once<T>(create: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: create() }
    return made.value
  }
}
