import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epochRow, jsonLine, readRows } from '../../../src/training/run/epoch-row.js'
import { listRuns, readRunRecord } from '../../../src/training/run/run-record.node.js'
import { epochEvent } from '../../support/stub-run.js'

const line = (epoch: number, accuracy: number | null = 0.5) => jsonLine(epochRow(epochEvent(epoch, accuracy, true)))

describe('readRows', () => {
  test('reads what was written', () => {
    const { rows, unreadable } = readRows(line(1) + line(2, null))
    expect(unreadable).toBe(0)
    expect(rows.map(jsonLine)).toEqual([line(1), line(2, null)])
    expect(rows[0]).toMatchObject({ epoch: 1, valN: 4, valMse: 1 / 3, best: true })
  })

  test('of an epoch that was done again the last row counts, in the order of the epochs', () => {
    const { rows } = readRows(line(1) + line(3) + line(2, 0.25) + line(3, 1))
    expect(rows.map(({ epoch, valAccuracy }) => [epoch, valAccuracy])).toEqual([
      [1, 0.5],
      [2, 0.25],
      [3, 1],
    ])
  })

  test('a line cut off as the run was killed is counted and left out', () => {
    expect(readRows(line(1) + line(2).slice(0, 40))).toMatchObject({ rows: [{ epoch: 1 }], unreadable: 1 })
  })

  test.each([
    'null',
    '7',
    '"text"',
    '[]',
    '{}',
    '{"epoch": 0}',
    '{"epoch": -1}',
    '{"epoch": 1.5}',
    '{"epoch": 1e300}',
    '{"epoch": "1"}',
    '{"epoch": true}',
    '{"__proto__": {"epoch": 1}}',
    '<script>',
    '\u0000',
    '['.repeat(100_000),
  ])('%j is no row', text => expect(readRows(`${text}\n`)).toEqual({ rows: [], unreadable: 1 }))

  test('numbers that cannot be are not measured', () => {
    const { rows } = readRows(
      '{"epoch": 1, "trainLoss": 1e999, "trainAccuracy": 1.5, "valMse": -1, "valAccuracy": "x", "best": 1}',
    )
    expect(rows).toMatchObject([
      { epoch: 1, trainLoss: null, trainAccuracy: null, valMse: null, valAccuracy: null, best: false },
    ])
  })

  test('other lines are nothing', () => expect(readRows('\n \r\n')).toEqual({ rows: [], unreadable: 0 }))
})

describe('readRunRecord', () => {
  let folder: string
  const at = (...parts: string[]) => join(folder, ...parts)
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('a run that has just begun is one already', async () => {
    await writeFile(at('config.json'), '{"preset": "quick", "from": "another version"}')
    expect(await readRunRecord(folder)).toMatchObject({
      path: folder,
      config: { preset: 'quick', from: 'another version' },
      environment: null,
      epochs: [],
      summary: null,
      parameters: null,
      problems: [],
    })
  })

  test('parts that are damaged are missing, and told', async () => {
    await writeFile(at('config.json'), '{}')
    await writeFile(at('env.json'), '["no", "object"]')
    await writeFile(at('params.json'), '{"cut')
    await writeFile(at('summary.json'), '{"formatVersion": 99}')
    await writeFile(at('metrics.jsonl'), `${line(1)}{"ep`)
    const record = await readRunRecord(folder)
    expect(record).toMatchObject({ environment: null, parameters: null, summary: null, epochs: [{ epoch: 1 }] })
    expect(record.problems).toEqual([
      `${at('metrics.jsonl')} has lines that cannot be read: 1.`,
      `${at('env.json')} is damaged: it is no JSON object.`,
      `Expected a run's summary (JSON, format 1) for ${at('summary.json')} but received "something else".`,
      `${at('params.json')} is damaged: it is no JSON object.`,
    ])
  })

  test('files that cannot be shown are damaged: folders, and nests without end', async () => {
    await writeFile(at('config.json'), '{}')
    await mkdir(at('metrics.jsonl'))
    await writeFile(at('env.json'), `{"a": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`)
    const { problems, epochs } = await readRunRecord(folder)
    expect(epochs).toEqual([])
    expect(problems).toEqual([
      expect.stringMatching(/^Cannot read .*metrics\.jsonl: EISDIR: [^,]*\.$/),
      `${at('env.json')} is damaged: it is no JSON object.`,
    ])
  })

  test('a folder without a configuration that can be read is no run', async () => {
    await expect(readRunRecord(at('nix'))).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `${at('nix')} is no run: it holds no config.json.`,
    })
    await writeFile(at('config.json'), '{"preset": ')
    await expect(readRunRecord(folder)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `${at('config.json')} is damaged: it is no JSON object.`,
    })
  })

  test('runs are listed in the order of their names', async () => {
    for (const name of ['b-10', 'b-2', 'b', 'a', 'no-run']) await mkdir(at(name))
    for (const name of ['b-10', 'b-2', 'b', 'a']) await writeFile(at(name, 'config.json'), '{}')
    await mkdir(at('c', 'config.json'), { recursive: true })
    await writeFile(at('file'), '')
    expect(await listRuns(folder)).toEqual(['a', 'b', 'b-2', 'b-10'].map(name => at(name)))
    expect(await listRuns(at('nix'))).toEqual([])
  })
})
