import { styleText } from 'node:util'
import type { Io, TextStream } from './io.js'

/** A style by its name in Node's `util.styleText`. */
export type Style = Parameters<typeof styleText>[0]

/** Puts a style around text, or leaves the text alone. */
export type Paint = (style: Style, text: string) => string

/**
 * Whether a stream gets colors: only a terminal that can show them, unless `FORCE_COLOR` asks for them everywhere;
 * `NO_COLOR` (any value that is not empty, https://no-color.org) turns them off.
 */
export function hasColors(stream: TextStream, env: Io['env']): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** The painter of a stream. */
export function painter(stream: TextStream, env: Io['env']): Paint {
  if (!hasColors(stream, env)) return (_style, text) => text
  return (style, text) => styleText(style, text, { validateStream: false })
}
