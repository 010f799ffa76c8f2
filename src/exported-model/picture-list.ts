import { expected } from '../errors.js'

/** 64 bits of a SHA-256: a million pictures collide with a probability of 3e-8. */
const DIGITS = 16

/** How a list of pictures names a picture: the start of its file's SHA-256 in lower-case hex. */
export function pictureId(sha256: string): string {
  return sha256.slice(0, DIGITS)
}

/** A list of pictures as text: one id a line, sorted, each once. */
export function formatPictureList(sha256s: Iterable<string>): string {
  return [...new Set(Array.from(sha256s, pictureId))]
    .sort()
    .map(id => `${id}\n`)
    .join('')
}

/** Reads a list of pictures. @throws E_MODEL at a line that is no id */
export function parsePictureList(text: string, where: string): ReadonlySet<string> {
  const ids = text.split('\n').filter(line => line !== '')
  const wrong = ids.find(id => !/^[0-9a-f]{16}$/.test(id))
  if (wrong !== undefined) throw expected('E_MODEL', `${DIGITS} hex digits a line`, where, wrong)
  return new Set(ids)
}
