import { readFileSync } from 'node:fs'

/** The version of this package: one folder up from here, in `src` as in `dist`. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
