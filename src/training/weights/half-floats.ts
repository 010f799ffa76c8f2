/** Bfloat16, the upper half of a float32, as float32: exact. @param bytes little-endian */
export function bfloat16ToFloat32(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(bytes.length / 2)
  const halves = new Uint16Array(floats.buffer)
  for (let i = 0; i < floats.length; i++) halves[2 * i + 1] = bytes[2 * i]! | (bytes[2 * i + 1]! << 8)
  return floats
}

/** IEEE half precision, given as 16-bit patterns, as float32: exact. */
export function float16ToFloat32(patterns: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(patterns, pattern => {
    const exponent = (pattern >> 10) & 31
    const fraction = pattern & 1023
    const sign = pattern & 0x8000 ? -1 : 1
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
  })
}
