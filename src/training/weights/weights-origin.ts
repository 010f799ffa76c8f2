import { z } from 'zod'
import { expected } from '../../errors.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'

const originSchema = z.object({
  name: z.string().min(1).max(255).describe('of the file, or of the run'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  loaded: z.enum(['extractors', 'network']),
})

/** A file that weights came from, and the part of a network that it went into. */
export type WeightsOrigin = z.infer<typeof originSchema>

const originsSchema = z.array(originSchema).max(100)

/** Where checkpoints (property bag) and `.safetensors` files (metadata) keep the origins of their first weights, as JSON. */
export const originsKey = 'initial_weights'

/**
 * Reads what {@link originsKey} holds: where the first weights came from, then where the weights of that file did, and so on.
 *
 * @param source names the file in errors
 * @returns an empty list where everything was random at first
 * @throws E_CHECKPOINT where the text is something else
 */
export function parseOrigins(text: unknown, source: string): readonly WeightsOrigin[] {
  if (text === undefined) return []
  try {
    return originsSchema.parse(JSON.parse(String(text)))
  } catch (cause) {
    throw expected(
      'E_CHECKPOINT',
      'a list of {name, sha256, loaded}',
      `"${originsKey}" of ${source}`,
      'something else',
      {
        cause,
      },
    )
  }
}

/** The origins of a checkpoint's first weights. @throws E_CHECKPOINT */
export function readOrigins(checkpoint: Checkpoint): readonly WeightsOrigin[] {
  return parseOrigins(checkpoint.properties.get(originsKey), 'the checkpoint')
}

/** The file of torchvision's weights trained on ImageNet; its name carries the beginning of its SHA-256. */
export const imagenetFile = 'mobilenet_v3_small-047dcff4.pth'

/** Whether the file was torchvision's with the weights trained on ImageNet, whatever it was called. */
export function isImagenet({ sha256 }: WeightsOrigin): boolean {
  return sha256.startsWith(checksumIn(imagenetFile))
}

/** The beginning of the SHA-256 that PyTorch's published files carry in their name, 8 hex digits. */
export function checksumIn(name: string): string {
  return /-([0-9a-f]{8})\.pth$/.exec(name)![1]!
}
