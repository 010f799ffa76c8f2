import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FetchOptions, fetchImagenetWeights } from '../../../src/training/weights/imagenet.node.js'
import { readWeights } from '../../../src/training/weights/weights-file.node.js'

const content = Buffer.alloc(300_000, 'weights ')
const checksum = createHash('sha256').update(content).digest('hex').slice(0, 8)
const file = `some_network-${checksum}.pth`

let server: Server
let answer: RequestListener
let requests: string[]
let root: string
let options: FetchOptions

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url!)
    answer(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'imagenet-'))
  requests = []
  answer = (_, response) => response.end(content)
  const { port } = server.address() as AddressInfo
  const env = { PIECE_LOCATOR_CACHE: join(root, 'cache'), PIECE_LOCATOR_MIRROR: `http://127.0.0.1:${port}/mirror` }
  options = { env, patience: 5_000 }
})
afterEach(() => rm(root, { recursive: true }))

const cache = () => join(root, 'cache')

describe('fetchImagenetWeights', () => {
  it('fetches once, tells how far it is, and keeps the file', async () => {
    const progress: [number, number][] = []
    answer = (_, response) => response.writeHead(200, { 'content-length': content.length }).end(content)
    const path = await fetchImagenetWeights({ ...options, onProgress: (...event) => progress.push(event) }, file)
    expect(path).toBe(join(cache(), file))
    expect((await readFile(path)).equals(content)).toBe(true)
    expect(progress.at(-1)).toEqual([content.length, content.length])
    expect(progress.every(([received], i) => i === 0 || received > progress[i - 1]![0])).toBe(true)

    expect(await fetchImagenetWeights(options, file)).toBe(path)
    expect(requests).toEqual([`/mirror/${file}`])
    expect(await readdir(cache())).toEqual([file])
  })

  it('fetches again what was damaged since', async () => {
    await mkdir(cache())
    await writeFile(join(cache(), file), content.subarray(1))
    const path = await fetchImagenetWeights(options, file)
    expect((await readFile(path)).equals(content)).toBe(true)
  })

  it("keeps it in the user's cache folder by default", async () => {
    const { PIECE_LOCATOR_MIRROR } = options.env!
    const env = { PIECE_LOCATOR_MIRROR, XDG_CACHE_HOME: join(root, 'xdg') }
    expect(await fetchImagenetWeights({ env }, file)).toBe(join(root, 'xdg', 'piece-locator', file))
  })

  it("asks torchvision's publisher for the file of that name", async () => {
    await mkdir(cache())
    const unreachable = { ...options.env, PIECE_LOCATOR_MIRROR: 'http://127.0.0.1:1' }
    await expect(fetchImagenetWeights({ env: unreachable })).rejects.toMatchObject({
      message: expect.stringContaining('http://127.0.0.1:1/mobilenet_v3_small-047dcff4.pth'),
      hint: expect.stringContaining('https://download.pytorch.org/models/mobilenet_v3_small-047dcff4.pth'),
    })
  })

  const failures: [what: string, answer: RequestListener, code: string, message: RegExp][] = [
    [
      'another file',
      (_, response) => response.end('<html>'),
      'E_MODEL',
      /SHA-256 begins with [0-9a-f]{8} for http.* received "[0-9a-f]{64}"/,
    ],
    ['nothing at all', (_, response) => response.end(), 'E_MODEL', /SHA-256/],
    ['404', (_, response) => response.writeHead(404).end('not here'), 'E_INPUT', /the server answered 404\.$/],
    ['503', (_, response) => response.writeHead(503).end(), 'E_INPUT', /the server answered 503\.$/],
    [
      'half of it',
      (_, response) =>
        response
          .writeHead(200, { 'content-length': content.length })
          .write(content.subarray(0, 1000), () => response.destroy()),
      'E_INPUT',
      /^Cannot fetch .*: .*(closed|ECONNRESET)/,
    ],
    ['a closed connection', request => request.socket.destroy(), 'E_INPUT', /^Cannot fetch/],
    [
      'a redirection in circles',
      (request, response) => response.writeHead(302, { location: request.url! }).end(),
      'E_INPUT',
      /redirect/,
    ],
  ]
  it.each(failures)('keeps nothing where the server sends %s', async (_, bad, code, message) => {
    answer = bad
    const failure = fetchImagenetWeights(options, file)
    await expect(failure).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/--weights some_network-[0-9a-f]{8}\.pth takes it, or put it into .*cache/),
    })
    expect(await readdir(root)).toEqual([])
  })

  it('gives up where nothing comes any more', async () => {
    answer = (_, response) =>
      void response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 10))
    await expect(fetchImagenetWeights({ ...options, patience: 100 }, file)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringMatching(/nothing came for 0\.1 s\.$/),
    })
    answer = () => {}
    await expect(fetchImagenetWeights({ ...options, patience: 100 }, file)).rejects.toThrow(/nothing came/)
  })

  it('waits for a slow server as long as something comes', async () => {
    answer = async (_, response) => {
      for (let at = 0; at < content.length; at += 60_000) {
        response.write(content.subarray(at, at + 60_000))
        await new Promise(resolve => setTimeout(resolve, 300))
      }
      response.end()
    }
    expect(await fetchImagenetWeights({ ...options, patience: 1_000 }, file)).toBe(join(cache(), file))
  })

  it('stops a server that never ends', async () => {
    const chunk = Buffer.alloc(2 ** 22)
    answer = (_, response) => {
      const send = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', send)
      }
      send()
    }
    await expect(fetchImagenetWeights(options, file)).rejects.toThrow(/longer than 67108864 bytes/)
  })

  it.each([
    ['no connection', 'http://127.0.0.1:1', 'E_INPUT', /ECONNREFUSED|bad port/],
    ['no such host', 'http://no-such-host.invalid', 'E_INPUT', /ENOTFOUND|EAI_AGAIN/],
    ['no URL', 'a mirror', 'E_CONFIG', /an http or https URL for PIECE_LOCATOR_MIRROR but received "a mirror"/],
    ['a file', 'file:///etc', 'E_CONFIG', /an http or https URL/],
  ])('says what to do where there is %s', async (_, mirror, code, message) => {
    const env = { ...options.env, PIECE_LOCATOR_MIRROR: mirror }
    await expect(fetchImagenetWeights({ env }, file)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('says where it cannot be kept', async () => {
    await writeFile(cache(), 'a file')
    await expect(fetchImagenetWeights(options, file)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringMatching(/Cannot write .*cache/),
    })
  })
})

describe('readWeights', () => {
  it('takes no file for ImageNet that has only its name', async () => {
    await mkdir(cache())
    await writeFile(join(cache(), 'mobilenet_v3_small-047dcff4.pth'), content)
    await expect(readWeights('imagenet', options)).rejects.toMatchObject({ code: 'E_MODEL' })
  })

  it('says what is missing', async () => {
    await expect(readWeights(join(root, 'nothing'))).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringMatching(/a file of weights, a run, or "imagenet" for --weights but received ".*nothing"/),
    })
    await expect(readWeights(root)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringMatching(/is no run/),
    })
    await expect(readWeights('/dev/null')).rejects.toMatchObject({ code: 'E_INPUT' })
  })
})
