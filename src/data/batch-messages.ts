import { type ErrorCode, LocatorError } from '../errors.js'
import type { AugmentStream, Batch } from './batch.js'
import type { CutOptions } from './cut.js'
import type { CacheMemory } from './picture-cache.js'
import type { PictureSourceDescription } from './picture-source.js'
import type { BatchPlan } from './sampler.js'

/** What a batch worker is started with. */
export interface WorkerStart {
  readonly source: PictureSourceDescription
  readonly options: CutOptions
  readonly cache: CacheMemory
  /** One int32: not 0 once the worker should drop what is queued and end. */
  readonly closing: SharedArrayBuffer
}

/** Loader to worker: make a batch; null: end. */
export type BatchRequest = {
  readonly request: number
  readonly index: number
  readonly plan: BatchPlan
  readonly augment: AugmentStream | null
} | null

/** Worker to loader. */
export type BatchResponse =
  | { readonly request: number; readonly batch: Batch }
  | { readonly request: number; readonly error: PlainError }

/** An error as threads can send it. */
export interface PlainError {
  readonly message: string
  readonly code?: ErrorCode
  readonly hint?: string
  readonly stack?: string
}

export function toPlainError(error: unknown): PlainError {
  if (error instanceof LocatorError) return { message: error.message, code: error.code, hint: error.hint }
  return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) }
}

export function fromPlainError({ message, code, hint, stack }: PlainError): Error {
  if (code) return new LocatorError(code, message, { hint })
  const error = new Error(message)
  if (stack) error.stack = stack
  return error
}
