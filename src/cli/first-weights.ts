import { describe } from '../errors.js'
import type { FetchOptions } from '../training/weights/imagenet.node.js'
import type { WeightsOrigin } from '../training/weights/weights-origin.js'
import type { Io } from './io.js'
import type { Output } from './output.js'

/** How weights are fetched: by the environment's variables, with a progress bar in kilobytes. */
export function fetchOptions({ progress }: Output, { env }: Io): FetchOptions {
  const kilobytes = (bytes: number): number => Math.ceil(bytes / 1000)
  return {
    env,
    onProgress: (received, total) => {
      progress({ type: 'advance', label: 'kB of weights', done: kilobytes(received), total: kilobytes(total) })
      if (received === total) progress({ type: 'end' })
    },
  }
}

/** Which first weights came from where, and which are random. @param origins of the weights, the last file first */
export function firstWeightsWords([origin]: readonly WeightsOrigin[]): string {
  if (!origin) return 'random'
  const name = describe(origin.name)
  return origin.loaded === 'network'
    ? `of the whole network from ${name}`
    : `of both extractors from ${name}, the rest random`
}
