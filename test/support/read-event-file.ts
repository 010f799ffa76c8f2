import { BinaryReader } from '@bufbuild/protobuf/wire'
import { crc32c } from '../../src/training/run/crc32c.js'

/** One event of a TensorBoard event file. */
export interface ReadEvent {
  wallTime: number
  step: number
  version?: string
  sessionStatus?: number
  scalars: Record<string, number>
}

/** The checksum of TFRecord files, written another way than the code under test. */
function checksum(bytes: Uint8Array): number {
  const crc = BigInt(crc32c(bytes))
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn)
}

/** Reads an event file record by record. @throws where a length or a checksum is wrong */
export function readEventFile(bytes: Uint8Array): ReadEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const events: ReadEvent[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true))
    const body = bytes.subarray(at + 12, at + 12 + length)
    if (body.length !== length) throw new Error('The file is cut short.')
    if (view.getUint32(at + 8, true) !== checksum(bytes.subarray(at, at + 8))) throw new Error('A length is damaged.')
    if (view.getUint32(at + 12 + length, true) !== checksum(body)) throw new Error('A record is damaged.')
    events.push(readEvent(body))
    at += length + 16
  }
  return events
}

function readEvent(bytes: Uint8Array): ReadEvent {
  const event: ReadEvent = { wallTime: 0, step: 0, scalars: {} }
  eachField(bytes, (field, reader) => {
    if (field === 1) event.wallTime = reader.double()
    else if (field === 2) event.step = Number(reader.int64())
    else if (field === 3) event.version = reader.string()
    else if (field === 5) readSummary(reader.bytes(), event.scalars)
    else if (field === 7) event.sessionStatus = readStatus(reader.bytes())
    else throw new Error(`An event has no field ${field} here.`)
  })
  return event
}

function readStatus(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes)
  reader.tag()
  return reader.int32()
}

function readSummary(bytes: Uint8Array, scalars: Record<string, number>): void {
  eachField(bytes, (_, reader) => {
    let tag = ''
    eachField(reader.bytes(), (field, value) => {
      if (field === 1) tag = value.string()
      else scalars[tag] = value.float()
    })
  })
}

function eachField(bytes: Uint8Array, read: (field: number, reader: BinaryReader) => void): void {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field] = reader.tag()
    read(field, reader)
  }
}
