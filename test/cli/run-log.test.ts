import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RunLog, type RunLogOptions } from '../../src/cli/train/run-log.js'
import { BatchLoader } from '../../src/data/batch-loader.node.js'
import { embeddedPictures } from '../../src/data/embedded-pictures.js'
import { SampleCollector } from '../../src/eval/sample-collector.js'
import { decodeImage } from '../../src/image/decode.node.js'
import { artifactOptionsOf } from '../../src/training/artifacts/artifact-options.js'
import { createArtifacts } from '../../src/training/artifacts/create-artifacts.js'
import { epochRow } from '../../src/training/run/epoch-row.js'
import { planTraining } from '../../src/training/trainer.js'
import { answersAt } from '../support/answers.js'
import { readEventFile } from '../support/read-event-file.js'
import { smallConfig } from '../support/small-training.js'
import { epochEvent } from '../support/stub-run.js'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)
const step = { type: 'step', epoch: 1, step: 1, steps: 2, loss: 0.5, accuracy: 0, dataMs: 1, stepMs: 1 } as const
const train = { first: 0, count: 8 }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Logs a short run, or one that goes on; gives what could not be written. */
async function logRun(from: Pick<RunLogOptions, 'rows' | 'firstStep'> = {}): Promise<string[]> {
  const failures: string[] = []
  const { seed, grid, pieceSize, puzzleSize } = smallConfig
  const source = embeddedPictures({ seed, size: 64, count: 8 })
  const loader = BatchLoader.create({ source, workers: 0, ahead: 1, cacheBytes: 1e6, grid, pieceSize, puzzleSize })
  const config = { ...smallConfig, epochs: 3 }
  const log = new RunLog({ folder, config, ...from, onFailure: text => failures.push(text) })
  await log.start(createArtifacts(artifactOptionsOf(smallConfig)), loader, train)
  await log.record(step)
  if (!from.rows) await log.record(epochEvent(1, 0.5, true))
  await log.record(epochEvent(2, 0.25, false))
  const samples = new SampleCollector(16, 12, seed)
  for await (const batch of loader.epoch(planTraining(smallConfig, train, 1), null))
    samples.add(batch, answersAt(batch))
  await log.drawSamples(samples, 1)
  await log.close()
  return failures
}

test('writes parameters, first batch, curve, events and sheets', async () => {
  expect(await logRun()).toEqual([])
  expect((await readdir(folder)).sort()).toEqual(['params.json', 'plots', 'samples', 'tb'])
  const parameters = JSON.parse(await readFile(at('params.json'), 'utf8'))
  expect(parameters).toMatchObject({
    trainable: 2_001_891,
    groups: [
      { name: 'backbone', count: 1_854_016, weightDecay: 0.01 },
      { name: 'correlation', count: 147_713 },
      { name: 'refinement', count: 162 },
    ],
  })
  expect(parameters.groups[1].parameters).toContainEqual({ name: 'spatial_correlation.temperature', shape: [1] })
  const curve = await readFile(at('plots', 'curve.svg'), 'utf8')
  expect(curve).toContain('preset quick, grid 2x2, epoch 2 of 3; validated on 4 pieces: best 50.0% in epoch 1')
  expect(await readdir(at('plots'))).toEqual(['curve.svg'])
  for (const name of await readdir(at('samples')))
    expect((await decodeImage(at('samples', name))).width).toBeGreaterThan(300)
  expect((await readdir(at('samples'))).sort()).toEqual(['train-batch.png', 'typical.png', 'worst.png'])
})

test('goes on with the curve and the events of a run that was cut off', async () => {
  expect(await logRun({ rows: [epochRow(epochEvent(1, 0.75, true))], firstStep: 7 })).toEqual([])
  const curve = await readFile(at('plots', 'curve.svg'), 'utf8')
  expect(curve).toContain('best 75.0% in epoch 1')
  expect(curve).toContain('val 25.0%')
  const [events] = await readdir(at('tb'))
  const [, start] = readEventFile(await readFile(at('tb', events!)))
  expect(start).toMatchObject({ sessionStatus: 1, step: 7 })
})

test('tells once what cannot be written, and goes on with the rest', async () => {
  await mkdir(at('params.json'))
  for (const name of ['tb', 'plots', 'samples']) await writeFile(at(name), 'in the way')
  const failures = await logRun()
  expect(failures).toHaveLength(6)
  for (const sentence of failures) expect(sentence).toMatch(/^Cannot write .*\.$/)
})
