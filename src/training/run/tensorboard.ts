import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { crc32c } from './crc32c.js'

/** Numbers of one step or epoch, by TensorBoard's tag; what stands before the first `/` groups charts. */
export interface Scalars {
  readonly step: number
  /** Seconds since 1970. */
  readonly wallTime: number
  readonly values: Readonly<Record<string, number>>
}

/** The version of event files, told in their first record. */
const FILE_VERSION = 'brain.Event:2'
/** `SessionLog.START`: a writer begins. */
const SESSION_START = 1
/** What TensorFlow adds to a masked checksum. */
const MASK_DELTA = 0xa282ead8

/**
 * The beginning of an event file.
 *
 * @param firstStep where the file's numbers begin; a reader forgets those of earlier files from there on, which a run that goes on writes again
 * Source: `tensorflow/core/util/event.proto` and `tensorboard/backend/event_processing`.
 */
export function eventFileHead(wallTime: number, firstStep: number): Uint8Array {
  const version = event(wallTime, 0).tag(3, WireType.LengthDelimited).string(FILE_VERSION)
  const start = event(wallTime, firstStep).tag(7, WireType.LengthDelimited).fork()
  start.tag(1, WireType.Varint).int32(SESSION_START).join()
  return concatenate([record(version.finish()), record(start.finish())])
}

/** A record of scalars, as event files hold them one after another. Source: `tensorflow/core/framework/summary.proto`. */
export function scalarRecord({ wallTime, step, values }: Scalars): Uint8Array {
  const writer = event(wallTime, step).tag(5, WireType.LengthDelimited).fork()
  for (const [tag, value] of Object.entries(values)) {
    writer.tag(1, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(tag)
    writer.tag(2, WireType.Bit32).float(Math.fround(value)).join()
  }
  return record(writer.join().finish())
}

/** The name of a run's event file; TensorBoard reads every file whose name has `tfevents` in it, in the order of their names. */
export function eventFileName(wallTime: number): string {
  return `events.out.tfevents.${String(Math.floor(wallTime)).padStart(10, '0')}.piece-locator`
}

/** An event up to its content. */
function event(wallTime: number, step: number): BinaryWriter {
  return new BinaryWriter().tag(1, WireType.Bit64).double(wallTime).tag(2, WireType.Varint).int64(step)
}

/** TFRecord: length, its masked checksum, the bytes, their masked checksum; little endian. */
function record(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(bytes.length + 16)
  const view = new DataView(framed.buffer)
  view.setBigUint64(0, BigInt(bytes.length), true)
  view.setUint32(8, masked(framed.subarray(0, 8)), true)
  framed.set(bytes, 12)
  view.setUint32(12 + bytes.length, masked(bytes), true)
  return framed
}

function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
