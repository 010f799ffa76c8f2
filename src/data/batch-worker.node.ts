/** A worker thread that makes batches; see BatchLoader. */
import { parentPort, workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { BatchMaker } from './batch-maker.js'
import { type BatchRequest, type BatchResponse, toPlainError, type WorkerStart } from './batch-messages.js'
import { openPictures } from './folder-pictures.node.js'
import { PictureCache } from './picture-cache.js'

const { source, options, cache, closing } = workerData as WorkerStart
const port = parentPort!
const maker = new BatchMaker(openPictures(source), PictureCache.attach(cache, options), options)
const stop = new Int32Array(closing)

// Every picture is another file and the workers already fill the cores: libvips needs neither its cache nor threads.
sharp.cache(false)
sharp.concurrency(1)

let queue = Promise.resolve()

port.on('message', (request: BatchRequest) => {
  queue = queue.then(() => (request === null ? port.close() : answer(request)))
})

async function answer({ request, index, plan, augment }: NonNullable<BatchRequest>): Promise<void> {
  if (Atomics.load(stop, 0) !== 0) return
  try {
    const batch = await maker.make(index, plan, augment)
    const { piece, puzzle, target, cells, pictures } = batch
    const transfer = [piece, puzzle, target, cells, pictures].map(array => array.buffer as ArrayBuffer)
    port.postMessage({ request, batch } satisfies BatchResponse, transfer)
  } catch (error) {
    port.postMessage({ request, error: toPlainError(error) } satisfies BatchResponse)
  }
}
