import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { crc32c } from '../../../src/training/run/crc32c.js'
import { eventFileHead, scalarRecord } from '../../../src/training/run/tensorboard.js'
import { TensorBoardLog } from '../../../src/training/run/tensorboard-log.node.js'
import { readEventFile } from '../../support/read-event-file.js'
import { epochEvent } from '../../support/stub-run.js'

describe('crc32c', () => {
  const bytes = (value: (i: number) => number) => Uint8Array.from({ length: 32 }, (_, i) => value(i))

  test.each([
    ['nothing', new Uint8Array(0), 0],
    ['32 zeros (RFC 3720)', bytes(() => 0), 0x8a9136aa],
    ['32 ones (RFC 3720)', bytes(() => 255), 0x62a8ab43],
    ['0 to 31 (RFC 3720)', bytes(i => i), 0x46dd794e],
    ['31 to 0 (RFC 3720)', bytes(i => 31 - i), 0x113fdb5c],
    ['the check value', new TextEncoder().encode('123456789'), 0xe3069283],
  ])('%s', (_, input, crc) => expect(crc32c(input)).toBe(crc))
})

describe('event files', () => {
  test('hold what was written', () => {
    const file = Buffer.concat([
      eventFileHead(1.5, 7),
      scalarRecord({ step: 7, wallTime: 2.5, values: { 'loss/train': 0.25, größe: -3 } }),
      scalarRecord({ step: 5_000_000_000, wallTime: 3.5, values: {} }),
    ])
    expect(readEventFile(file)).toEqual([
      { wallTime: 1.5, step: 0, version: 'brain.Event:2', scalars: {} },
      { wallTime: 1.5, step: 7, sessionStatus: 1, scalars: {} },
      { wallTime: 2.5, step: 7, scalars: { 'loss/train': 0.25, größe: -3 } },
      { wallTime: 3.5, step: 5_000_000_000, scalars: {} },
    ])
  })

  test('take numbers that float32 has none for', () => {
    const values = { large: 1e300, nan: Number.NaN, tiny: 1e-300, third: 1 / 3 }
    const [event] = readEventFile(scalarRecord({ step: 1, wallTime: 0, values }))
    expect(event!.scalars).toEqual({ large: Infinity, nan: Number.NaN, tiny: 0, third: Math.fround(1 / 3) })
  })
})

describe("a training's log", () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'piece-locator-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const step = { type: 'step', epoch: 1, step: 3, steps: 9, loss: 0.5, accuracy: 0.25, dataMs: 1, stepMs: 2 } as const
  const at = 1_760_000_000_000
  const read = async (name: string) => readEventFile(await readFile(join(folder, 'tb', name)))

  test('has steps by their number and epochs by theirs, at the time of day', async () => {
    let now = at
    const log = await TensorBoardLog.create(join(folder, 'tb'), () => now)
    now += 1500
    await log.record(step)
    await log.record(epochEvent(2, 0.75, true))
    await log.close()
    const [name, ...others] = await readdir(join(folder, 'tb'))
    expect(others).toEqual([])
    expect(name).toMatch(/^events\.out\.tfevents\.1760000000\./)
    const [, , first, second] = await read(name!)
    const float = Math.fround
    expect(first).toEqual({
      wallTime: at / 1000 + 1.5,
      step: 3,
      scalars: { 'step/loss': 0.5, 'step/accuracy': 0.25, 'step/data_wait_ms': 1, 'step/compute_ms': 2 },
    })
    expect(second!.step).toBe(2)
    expect(second!.scalars).toMatchObject({
      'loss/train': float(0.1),
      'loss/val': float(1 / 3),
      'accuracy/train': 0.5,
      'accuracy/val': 0.75,
      'learning_rate/backbone': float(1e-4),
      'learning_rate/head': float(1e-3),
      'time/data_wait_ms': 3,
    })
  })

  test('leaves out what was not measured', async () => {
    const log = await TensorBoardLog.create(join(folder, 'tb'), () => at)
    await log.record(epochEvent(1, null, false))
    await log.close()
    const [, , epoch] = await read((await readdir(join(folder, 'tb')))[0]!)
    expect(Object.keys(epoch!.scalars).filter(tag => tag.includes('val'))).toEqual([])
  })

  test('goes on after a run that was cut off: in a file of its own, from the step that is taken again', async () => {
    const first = await TensorBoardLog.create(join(folder, 'tb'), () => at)
    await first.record(step)
    await first.close()
    const second = await TensorBoardLog.create(join(folder, 'tb'), () => at + 60_000, 3)
    await second.record({ ...step, loss: 0.4 })
    await second.close()
    const names = (await readdir(join(folder, 'tb'))).sort()
    expect(names).toHaveLength(2)
    expect(await read(names[0]!)).toHaveLength(3)
    const [, start, again] = await read(names[1]!)
    expect(start).toMatchObject({ step: 3, sessionStatus: 1 })
    expect(again!.scalars['step/loss']).toBe(Math.fround(0.4))
  })

  test('says where it cannot write', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(TensorBoardLog.create(join(folder, 'file', 'tb'), () => at)).rejects.toMatchObject({ code: 'E_INPUT' })
  })
})
