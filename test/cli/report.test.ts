import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodeImage } from '../../src/image/decode.node.js'
import { writePng } from '../../src/image/encode.node.js'
import { epochRow, jsonLine } from '../../src/training/run/epoch-row.js'
import { elements, parseMarkup, textOf } from '../support/parse-markup.js'
import { testMetrics } from '../support/report-runs.js'
import { runCommand, smallConfig } from '../support/small-training.js'
import { environmentAt, epochEvent } from '../support/stub-run.js'
import { wavyImage } from '../support/test-pattern.js'

let folder: string
const home = process.cwd()
const at = (...parts: string[]) => join(folder, ...parts)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  process.chdir(folder)
  await writeRun('2026-05-01-quick', { finished: true })
  await writeRun('2026-05-02-quick', { config: { ...smallConfig, seed: 2, dropout: 0.1 } })
})

afterEach(async () => {
  process.chdir(home)
  await rm(folder, { recursive: true })
})

/** A run's folder in `runs/`, with two epochs; its test, where it is finished. */
async function writeRun(name: string, { config = smallConfig as object, finished = false } = {}): Promise<void> {
  const file = (...parts: string[]) => at('runs', name, ...parts)
  await mkdir(file('samples'), { recursive: true })
  await writeFile(file('config.json'), JSON.stringify(config))
  await writeFile(file('env.json'), JSON.stringify(environmentAt('2026-05-01T00:00:00.000Z')))
  const epochs = [epochEvent(1, 0.5, true), epochEvent(2, 0.75, true)]
  await writeFile(file('metrics.jsonl'), epochs.map(event => jsonLine(epochRow(event))).join(''))
  await writePng(file('samples', 'train-batch.png'), wavyImage(64, 32))
  if (!finished) return
  for (const sheet of ['typical.png', 'worst.png']) await writePng(file('samples', sheet), wavyImage(120, 80))
  const summary = {
    formatVersion: 1,
    finishedAt: '2026-05-01T01:00:00.000Z',
    seconds: 60,
    epochs: 2,
    bestEpoch: 2,
    pictures: { from: 'embedded', train: 8, val: 2, test: 4, leftOut: 0 },
    test: testMetrics(12, 16),
    baselines: { chance: 0.25, meanColor: testMetrics(8, 16) },
  }
  await writeFile(file('summary.json'), JSON.stringify(summary))
}

const page = async (name = 'report.html') => parseMarkup(await readFile(at(name), 'utf8'), 'html')

describe('piece-locator report', () => {
  test('writes all runs of runs/ into one page', async () => {
    const { code, out, err } = await runCommand('report')
    expect({ code, out, err }).toEqual({ code: 0, out: 'report.html: 2 runs\n', err: '' })
    const of = await page()
    expect(elements(of, 'h2').map(textOf)).toEqual([
      'Results on the test pictures',
      'Curves',
      'Configuration: the differences',
      '2026-05-01-quick',
      '2026-05-02-quick',
    ])
    expect(textOf(of)).toContain('75.0% 50.5% to 89.8%, n = 16')
    expect(textOf(of)).toContain('best validation so far: 75.0% in epoch 2')
    expect(await readdir(folder)).toEqual(['report.html', 'runs'])
  })

  test('carries the pictures of runs within it', async () => {
    await runCommand('report')
    const pictures = elements(await page(), 'img').map(({ attributes }) => attributes)
    expect(pictures.map(({ alt, width, height }) => [alt, width, height])).toEqual([
      ['Typical pieces of the test with the answers, 2026-05-01-quick', '120', '80'],
      ['The pieces of the test that were placed worst, 2026-05-01-quick', '120', '80'],
      ['The first training batch, 2026-05-01-quick', '64', '32'],
      ['The first training batch, 2026-05-02-quick', '64', '32'],
    ])
    const [, bytes] = /^data:image\/webp;base64,(.*)$/.exec(pictures[0]!.src!)!
    expect(await decodeImage(Buffer.from(bytes!, 'base64'))).toMatchObject({ width: 120, height: 80 })
  })

  test('takes the runs that it is told, into the file that it is told', async () => {
    await mkdir(at('elsewhere'))
    const { code, out } = await runCommand('report', at('runs', '2026-05-02-quick'), '-o', at('elsewhere', 'one.html'))
    expect({ code, out }).toEqual({ code: 0, out: `${at('elsewhere', 'one.html')}: 1 run\n` })
    expect(elements(await page(join('elsewhere', 'one.html')), 'h1').map(textOf)).toEqual(['2026-05-02-quick'])
    expect(existsSync(at('report.html'))).toBe(false)
  })

  test('prints JSON, and then writes no page unless it is told to', async () => {
    const { code, out, err } = await runCommand('report', '--json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const document = JSON.parse(out)
    expect(document).toMatchObject({
      schemaVersion: 1,
      runs: [
        { name: '2026-05-01-quick', finished: true, summary: { test: { n: 16 } }, problems: [] },
        { name: '2026-05-02-quick', finished: false, summary: null },
      ],
      differences: { seed: ['1', '2'], dropout: ['0', '0.1'] },
    })
    expect(document.runs[1].epochs.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2])
    expect(existsSync(at('report.html'))).toBe(false)
    expect((await runCommand('report', '--json', '-o', 'too.html')).out).toBe(out)
    expect(existsSync(at('too.html'))).toBe(true)
  })

  test('tells damaged parts and goes on without them', async () => {
    await writeFile(at('runs', '2026-05-01-quick', 'summary.json'), '{"formatVersion": 1, "test": "good"}')
    await writeFile(at('runs', '2026-05-01-quick', 'samples', 'worst.png'), 'no picture')
    await writeFile(at('runs', '2026-05-02-quick', 'metrics.jsonl'), '{"epoch": 1, "valAcc')
    const { code, err } = await runCommand('report')
    expect(code).toBe(0)
    expect(err.match(/^Warning: .*summary\.json.*\.$/gm)).toHaveLength(1)
    expect(err.match(/^Warning: .*worst\.png is not a picture that can be read\.$/gm)).toHaveLength(1)
    expect(err.match(/^Warning: .*metrics\.jsonl has lines that cannot be read: 1\.$/gm)).toHaveLength(1)
    const of = await page()
    expect(textOf(of)).toContain('no epoch was finished')
    expect(elements(of, 'img')).toHaveLength(3)
  })

  test('leaves out what is no run, but not where it was asked for', async () => {
    await mkdir(at('runs', 'other'))
    await mkdir(at('runs', 'broken'))
    await writeFile(at('runs', 'broken', 'config.json'), '{')
    const all = await runCommand('report')
    expect(all.out).toBe('report.html: 2 runs\n')
    expect(all.err).toBe('Warning: Left out: runs/broken/config.json is damaged: it is no JSON object.\n')
    for (const run of ['other', 'broken', 'nix']) {
      const { code, err } = await runCommand('report', join('runs', run))
      expect(code).toBe(3)
      expect(err).toMatch(/^Error: [^\n]+\.\n(Hint: [^\n]+\n)?$/)
    }
  })

  test('without runs, ends with 3 and says what to do', async () => {
    await rm(at('runs'), { recursive: true })
    const { code, out, err } = await runCommand('report')
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toBe('Error: There is no run in the folder runs.\nHint: Train first, or say where the runs are.\n')
  })

  test('replaces a report, and nothing else', async () => {
    await runCommand('report')
    expect((await runCommand('report')).code).toBe(0)
    await writeFile(at('notes.html'), '<h1>My notes</h1>')
    await writeFile(at('empty.html'), '')
    expect((await runCommand('report', '-o', 'empty.html')).code).toBe(0)
    for (const [name, code] of [
      ['notes.html', 2],
      ['notes.txt', 2],
      [join('nix', 'a.html'), 3],
    ] as const) {
      const result = await runCommand('report', '-o', name)
      expect({ name, code: result.code, out: result.out }).toEqual({ name, code, out: '' })
    }
    expect(await readFile(at('notes.html'), 'utf8')).toBe('<h1>My notes</h1>')
  })
})
