import { z } from 'zod'
import { expected } from '../errors.js'

const file = {
  /** Path within the folder, with `/` between its parts. */
  name: z.string(),
  /** Bytes. */
  size: z.number(),
  /** Time of the last change, milliseconds since 1970. */
  modified: z.number(),
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const manifestSchema = z.object({
  formatVersion: z.literal(1),
  folder: z.string(),
  /** How many pictures each part has. */
  split: z.object({ test: z.int(), val: z.int(), train: z.int() }),
  /** The usable pictures, each once, ordered by SHA-256: first test, then val, then train. */
  pictures: z.array(z.object({ ...file, sha256, split: z.enum(['test', 'val', 'train']) })),
  /** Files with the same bytes as a picture, which count as that one. */
  duplicates: z.array(z.object({ ...file, sha256, sameAs: z.string() })),
  /** Files that were left out, and why. */
  unusable: z.array(z.object({ ...file, code: z.enum(['E_IMAGE', 'E_INPUT']), reason: z.string() })),
})

/** What a folder's pictures are and which part of the split each belongs to; stored as JSON. */
export type PictureManifest = z.infer<typeof manifestSchema>

/** Reads a manifest's text. @param where what errors call it @throws E_INPUT where it is not a manifest of format 1 */
export function parseManifest(text: string, where: string): PictureManifest {
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw expected('E_INPUT', 'a list of pictures (JSON, format 1)', where, 'something else', { cause })
  }
}
