import { Worker } from 'node:worker_threads'
import { LocatorError } from '../errors.js'
import type { AugmentStream, Batch } from './batch.js'
import { type BatchRequest, type BatchResponse, fromPlainError, type WorkerStart } from './batch-messages.js'
import type { BatchPlan } from './sampler.js'

interface Waiting {
  resolve(batch: Batch): void
  reject(error: Error): void
}

/**
 * Worker threads that make batches. Requests go to them in turn and wait in their message queues, and finished batches wait in
 * this thread's, so that all goes on while this thread is busy. Buffers are transferred, never copied.
 */
export class BatchWorkers {
  private readonly workers: Worker[]
  private readonly exits: Promise<unknown>[]
  private readonly waiting = new Map<number, Waiting>()
  private readonly closing = new SharedArrayBuffer(4)
  private requests = 0
  /** Why no more batches come; undefined while they do. */
  private ended: Error | undefined

  constructor(count: number, start: Omit<WorkerStart, 'closing'>) {
    const workerData: WorkerStart = { ...start, closing: this.closing }
    const file = new URL('./batch-worker.node.js', import.meta.url)
    // Flags of the calling program, such as `--input-type`, are not for this file.
    this.workers = Array.from({ length: count }, () => new Worker(file, { workerData, execArgv: [] }))
    this.exits = this.workers.map(worker => new Promise(resolve => worker.once('exit', resolve)))
    this.workers.forEach((worker, i) => {
      worker.on('message', (response: BatchResponse) => this.receive(response))
      worker.on('error', error => this.end(error))
      worker.on('exit', () => this.end(new Error(`Batch worker ${i} ended before its work.`)))
    })
  }

  /** A batch, made by the worker whose turn it is. */
  request(index: number, plan: BatchPlan, augment: AugmentStream | null): Promise<Batch> {
    if (this.ended) return Promise.reject(this.ended)
    const request = this.requests++
    const worker = request % this.workers.length
    return new Promise((resolve, reject) => {
      this.waiting.set(request, { resolve, reject })
      this.workers[worker]!.postMessage({ request, index, plan, augment } satisfies BatchRequest)
    })
  }

  /** Drops what is queued, lets what is being made end, and waits until all threads are gone. */
  async close(): Promise<void> {
    this.end(new LocatorError('E_DISPOSED', 'The batch loader has been closed.'))
    Atomics.store(new Int32Array(this.closing), 0, 1)
    for (const worker of this.workers) worker.postMessage(null satisfies BatchRequest)
    await Promise.all(this.exits)
  }

  private receive(response: BatchResponse): void {
    const waiting = this.waiting.get(response.request)
    this.waiting.delete(response.request)
    if ('batch' in response) waiting?.resolve(response.batch)
    else waiting?.reject(fromPlainError(response.error))
  }

  private end(error: Error): void {
    this.ended ??= error
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
  }
}
