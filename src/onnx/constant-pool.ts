import type { Tensor } from '../tensor.js'
import type { Value } from './graph.js'

/** The unnamed constants of a graph by what they hold, so that equal ones are stored once. */
export class ConstantPool {
  private readonly stored = new Map<string, { readonly value: Value; readonly tensor: Tensor }[]>()

  /** The value that holds an equal tensor, or null. */
  find(tensor: Tensor): Value | null {
    const candidates = this.stored.get(constantName(tensor)) ?? []
    return candidates.find(candidate => sameBytes(candidate.tensor, tensor))?.value ?? null
  }

  add(value: Value, tensor: Tensor): void {
    const name = constantName(tensor)
    this.stored.set(name, [...(this.stored.get(name) ?? []), { value, tensor }])
  }
}

/** Constants of more elements have a hash of their bytes in their name. */
const longestList = 8

/** A constant's name tells its value where that is short: `int64[2](0,1)`. */
export function constantName(tensor: Tensor): string {
  const content =
    tensor.data.length <= longestList
      ? Array.from(tensor.data as ArrayLike<number | bigint>, String).join()
      : hashBytes(bytesOf(tensor))
  return `${tensor.type}[${tensor.dims}](${content})`
}

function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function sameBytes(a: Tensor, b: Tensor): boolean {
  const [left, right] = [bytesOf(a), bytesOf(b)]
  return left.length === right.length && left.every((byte, i) => byte === right[i])
}

/** FNV-1a, 32 bits, in hexadecimal: tells constants apart in names. */
function hashBytes(bytes: Uint8Array): string {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}
