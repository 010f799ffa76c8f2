/** Applies an asynchronous function to all items, at most `limit` at a time; results are in the items' order. */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  limit: number,
  apply: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length)
  const rest = items.entries()
  const run = async () => {
    for (const [index, item] of rest) results[index] = await apply(item, index)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run))
  return results
}
