/** Hands out names that are unique within one graph and depend on nothing but the order of the requests. */
export class NameAuthority {
  private readonly taken = new Set<string>()
  private readonly counts = new Map<string, number>()

  /** Takes a name as it is. Returns whether it was free. */
  claim(name: string): boolean {
    if (this.taken.has(name)) return false
    this.taken.add(name)
    return true
  }

  /** `base`, or `base_1`, `base_2`, ... where that is taken. */
  unique(base: string): string {
    if (this.claim(base)) return base
    for (let count = (this.counts.get(base) ?? 0) + 1; ; count++) {
      const name = `${base}_${count}`
      if (this.claim(name)) {
        this.counts.set(base, count)
        return name
      }
    }
  }
}
