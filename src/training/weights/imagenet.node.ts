import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { expected } from '../../errors.js'
import { downloadOnce } from './download.node.js'
import { checksumIn, imagenetFile } from './weights-origin.js'

export interface FetchOptions {
  /** Environment variables; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Told of bytes received; 0 in all where the server does not say how many there are. */
  readonly onProgress?: (received: number, total: number) => void
  /** Milliseconds without a byte after which it is given up. */
  readonly patience?: number
}

const publisher = 'https://download.pytorch.org/models/'

/**
 * Fetches torchvision's `mobilenet_v3_small` with the weights trained on ImageNet (`IMAGENET1K_V1`), 10 MB, once.
 *
 * `PIECE_LOCATOR_CACHE` names the folder that it is kept in (default: `piece-locator` in the user's cache folder, XDG's),
 * `PIECE_LOCATOR_MIRROR` a URL that takes the place of `https://download.pytorch.org/models/`.
 *
 * @param file another file of the same publisher
 * @returns the file's path
 * @throws E_INPUT where it cannot be fetched or written; E_MODEL where it is not the file that was published; E_CONFIG a mirror that is
 *   no URL
 */
export async function fetchImagenetWeights(options: FetchOptions = {}, file = imagenetFile): Promise<string> {
  const { env = process.env, onProgress, patience = 30_000 } = options
  const folder = cacheFolder(env)
  const hint = `Where there is a network, fetch ${publisher}${file}; then --weights ${file} takes it, or put it into ${folder}.`
  const url = fileUrl(env.PIECE_LOCATOR_MIRROR || publisher, file)
  return downloadOnce({
    url,
    folder,
    file,
    checksum: checksumIn(file),
    patience,
    hint,
    ...(onProgress && { onProgress }),
  })
}

function fileUrl(base: string, file: string): string {
  try {
    const url = new URL(file, base.endsWith('/') ? base : `${base}/`)
    if (/^https?:$/.test(url.protocol)) return url.href
  } catch {}
  throw expected('E_CONFIG', 'an http or https URL', 'PIECE_LOCATOR_MIRROR', base)
}

/** @see https://specifications.freedesktop.org/basedir-spec/latest/, which has paths that are not absolute ignored */
function cacheFolder(env: NonNullable<FetchOptions['env']>): string {
  if (env.PIECE_LOCATOR_CACHE) return env.PIECE_LOCATOR_CACHE
  const { XDG_CACHE_HOME: caches } = env
  return join(caches && isAbsolute(caches) ? caches : join(homedir(), '.cache'), 'piece-locator')
}
