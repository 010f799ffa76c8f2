/** 0.715 as `71.5%`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`
}

/** A loss or a distance with three digits that matter: `0.0195`, `1.2e-7`. */
export function lossWords(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e4)) return value.toExponential(1).replace('e+', 'e')
  return value.toPrecision(3)
}

/** A whole number with commas between thousands: `2,001,891`. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `1 picture`, `2 pictures`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** A time as people say it: `8s`, `2m 05s`, `1h 02m`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
  return `${Math.floor(seconds / 3600)}h ${two(Math.floor((seconds % 3600) / 60))}m`
}
