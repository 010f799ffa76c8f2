import { expected } from '../errors.js'

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

/** Reads an option's time, such as `90s`, `30m`, `1.5h`, in milliseconds. @throws E_USAGE where it is none, or not above 0 */
export function duration(option: string): (text: string) => number {
  return text => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([smh])$/.exec(text.trim()) ?? []
    const milliseconds = Number(number) * units[unit ?? '']!
    if (!(milliseconds > 0)) throw expected('E_USAGE', 'a time, like 90s, 30m or 2h,', option, text)
    return milliseconds
  }
}
