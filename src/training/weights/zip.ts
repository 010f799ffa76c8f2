import { describe, expected } from '../../errors.js'
import { crc32 } from './crc32.js'
import { damaged } from './damaged.js'

/** A file within a zip file. */
export interface ZipEntry {
  readonly name: string
  /** As it lies in the zip file, a view, not checked yet: {@link checkedBytes}. */
  readonly data: Uint8Array
  /** Of the file's bytes. */
  readonly crc32: number
  /** What was done to the file's bytes, if anything. */
  readonly packed: 'compression' | 'encryption' | null
}

const signatures = { entry: 0x04034b50, directory: 0x02014b50, end: 0x06054b50 } as const
const headerBytes = { entry: 30, directory: 46, end: 22 } as const

/** Whether bytes begin as a zip file does that holds something. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === signatures.entry
}

/**
 * Lists a zip file of the kind that PyTorch writes: no comment at the end, sizes below 4 GiB. Nothing is unpacked; takes time and memory
 * proportional to the number of entries.
 *
 * @see PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16
 * @param source names the file in errors
 * @throws E_MODEL where it is damaged, or entries overlap or share a name
 */
export function readZip(bytes: Uint8Array, source: string): Map<string, ZipEntry> {
  const view = viewOf(bytes)
  const end = bytes.length - headerBytes.end
  if (end < 0 || view.getUint32(end, true) !== signatures.end) {
    throw damaged("a zip file's directory at the end", source, 'something else')
  }
  const count = view.getUint16(end + 10, true)
  const start = view.getUint32(end + 16, true)
  const directoryEnd = start + view.getUint32(end + 12, true)
  if (directoryEnd > end) throw damaged(`a zip directory before byte ${end}`, source, `an end at ${directoryEnd}`)

  const entries = new Map<string, ZipEntry>()
  const extents: Extent[] = []
  let at = start
  for (let i = 0; i < count; i++) {
    if (at + headerBytes.directory > directoryEnd || view.getUint32(at, true) !== signatures.directory) {
      throw damaged(`${count} entries`, `the zip directory of ${source}`, i)
    }
    const { name, length } = readName(bytes, at, headerBytes.directory, 28, source)
    if (entries.has(name)) throw damaged('each name once', `the zip directory of ${source}`, name)
    const extent = locate(bytes, at, name, start, source)
    extents.push(extent)
    entries.set(name, {
      name,
      data: bytes.subarray(extent.dataStart, extent.end),
      crc32: view.getUint32(at + 16, true),
      packed: view.getUint16(at + 8, true) & 1 ? 'encryption' : view.getUint16(at + 10, true) ? 'compression' : null,
    })
    at += length + view.getUint16(at + 32, true)
  }
  checkDisjoint(extents, source)
  return entries
}

/**
 * An entry's bytes, stored as they are, after a look at their checksum; 0 is what PyTorch writes where it was told to compute none.
 *
 * @throws E_MODEL where they are compressed, so that nothing can grow, or not those that were written
 */
export function checkedBytes({ name, data, crc32: written, packed }: ZipEntry, source: string): Uint8Array {
  const where = `${describe(name)} of ${source}`
  if (packed !== null) {
    throw expected('E_MODEL', 'bytes as they are', where, packed, {
      hint: 'PyTorch never packs tensors: another program did. Unpack its file, or save the weights again.',
    })
  }
  const actual = written === 0 ? 0 : crc32(data)
  if (actual !== written) throw damaged(`bytes of checksum ${hex(written)}`, where, hex(actual))
  return data
}

/** Where an entry lies: its header from `start` on, its data up to `end`. */
interface Extent {
  readonly name: string
  readonly start: number
  readonly dataStart: number
  readonly end: number
}

/** @param at where the entry's record in the directory is, which begins at `limit` */
function locate(bytes: Uint8Array, at: number, name: string, limit: number, source: string): Extent {
  const view = viewOf(bytes)
  const where = `${describe(name)} of ${source}`
  const size = view.getUint32(at + 20, true)
  const start = view.getUint32(at + 42, true)
  if (start + headerBytes.entry > limit || view.getUint32(start, true) !== signatures.entry) {
    throw damaged(`an entry at byte ${start}`, where, 'something else')
  }
  const header = readName(bytes, start, headerBytes.entry, 26, source)
  if (header.name !== name) throw damaged('the same name in its header', where, header.name)
  const dataStart = start + header.length
  if (dataStart + size > limit) throw damaged(`at most ${Math.max(0, limit - dataStart)} bytes`, where, size)
  return { name, start, dataStart, end: dataStart + size }
}

/** The name behind a header of fixed length, and the length of header, name and extra field together. */
function readName(
  bytes: Uint8Array,
  at: number,
  fixed: number,
  nameField: number,
  source: string,
): { name: string; length: number } {
  const view = viewOf(bytes)
  const nameLength = view.getUint16(at + nameField, true)
  const length = fixed + nameLength + view.getUint16(at + nameField + 2, true)
  const name = bytes.subarray(at + fixed, at + fixed + nameLength)
  if (name.length < nameLength) throw damaged(`a name of ${nameLength} bytes`, `an entry of ${source}`, name.length)
  return { name: new TextDecoder().decode(name), length }
}

function checkDisjoint(extents: Extent[], source: string): void {
  extents.sort((a, b) => a.start - b.start)
  for (const [i, extent] of extents.entries()) {
    const next = extents[i + 1]
    if (next && next.start < extent.end) {
      throw damaged(`nothing else within ${describe(extent.name)}`, source, next.name)
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}
