/**
 * The number with the fewest digits that float32 rounds to the same: 0.1 for what float32 makes of it, 0.10000000149011612. What somebody wrote
 * into an attribute comes back out of a file.
 */
export function shortestFloat32(value: number): number {
  const stored = Math.fround(value)
  if (stored === 0 || !Number.isFinite(stored)) return stored
  let digits = 1
  // Nine digits tell every float32 from every other.
  while (digits < 9 && Math.fround(Number(stored.toPrecision(digits))) !== stored) digits++
  return Number(stored.toPrecision(digits))
}
