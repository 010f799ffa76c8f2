import { expected, LocatorError } from '../../errors.js'
import type { Tensor } from '../../tensor.js'
import { fileIdentifier } from '../checkpoint/checkpoint-schema.js'
import { decodeCheckpoint } from '../checkpoint/read-checkpoint.js'
import { decodePth } from './pth.js'
import { decodeSafetensors } from './safetensors.js'
import { originsKey, parseOrigins, type WeightsOrigin } from './weights-origin.js'
import { looksLikeZip } from './zip.js'

/** Tensors of a file by name, and where they came from as far as the file tells. */
export interface DecodedWeights {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly origins: readonly WeightsOrigin[]
}

/**
 * Reads weights of any of the formats that this package knows, by what the bytes are and not by the file's name: PyTorch's `.pth`,
 * `.safetensors`, a checkpoint.
 *
 * @param source names the file in errors
 * @throws E_MODEL, E_CHECKPOINT where it is damaged or none of them
 */
export function decodeWeights(bytes: Uint8Array, source: string): DecodedWeights {
  if (looksLikeZip(bytes)) return { tensors: decodePth(bytes, source), origins: [] }
  if (asciiAt(bytes, 4, 4) === fileIdentifier) {
    const { trainable, frozen, properties } = decodeCheckpoint(bytes, source)
    return { tensors: new Map([...trainable, ...frozen]), origins: parseOrigins(properties.get(originsKey), source) }
  }
  if (asciiAt(bytes, 8, 1) === '{') {
    const { tensors, metadata } = decodeSafetensors(bytes, source)
    return { tensors, origins: parseOrigins(metadata.get(originsKey), source) }
  }
  if (isLegacyTorch(bytes)) {
    throw new LocatorError('E_MODEL', `${source} is in PyTorch's old format, a bare pickle, which is not read.`, {
      hint: 'Save it again with a current release, torch.save(model.state_dict(), path), or as safetensors.',
    })
  }
  throw expected('E_MODEL', 'a .pth or .safetensors file or a checkpoint', source, 'something else')
}

function asciiAt(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length))
}

/** Before release 1.6 `torch.save` wrote one pickle behind another (a magic number first), and long before that a tar file. */
function isLegacyTorch(bytes: Uint8Array): boolean {
  return (bytes[0] === 0x80 && bytes[1]! <= 5) || asciiAt(bytes, 257, 5) === 'ustar'
}
