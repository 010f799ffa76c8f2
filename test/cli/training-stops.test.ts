import { describe, expect, test, vi } from 'vitest'
import { duration } from '../../src/cli/duration.js'
import { SaveSchedule } from '../../src/cli/train/save-schedule.js'
import { StopSignal } from '../../src/cli/train/stop-signal.js'
import { fakeIo } from '../support/fake-io.js'

describe('stopping', () => {
  test('the first interrupt stops; one at once after it is the same; a later one is the system’s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      const io = fakeIo()
      let listening = 0
      const onInterrupt: typeof io.onInterrupt = listener => {
        const undo = io.onInterrupt(listener)
        listening++
        return () => {
          listening--
          undo()
        }
      }
      const stop = new StopSignal({ ...io, onInterrupt }, null)
      const told = vi.fn()
      stop.listen(told)
      expect(await stop.check()).toBe(false)
      io.interrupt()
      io.interrupt()
      expect(await stop.check()).toBe(true)
      expect(stop.reason).toBe('interrupted')
      expect(told).toHaveBeenCalledTimes(1)
      expect(listening).toBe(1)
      vi.advanceTimersByTime(1000)
      expect(listening).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('so does the end of the time, which an interrupt outranks', async () => {
    const io = fakeIo()
    const stop = new StopSignal(io, 5000)
    stop.listen(() => {})
    io.wait(4999)
    expect(await stop.check()).toBe(false)
    io.wait(1)
    expect([await stop.check(), stop.reason]).toEqual([true, 'time'])
    io.interrupt()
    expect(stop.reason).toBe('interrupted')
  })

  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1.5h', 5_400_000],
  ])('%s is a time', (text, milliseconds) => {
    expect(duration('--max-time')(text)).toBe(milliseconds)
  })

  test.each(['30', '0s', '-1m', 'h', '2 days', ''])('%j is none', text => {
    expect(() => duration('--max-time')(text)).toThrow(/^Expected a time, like 90s, 30m or 2h, for --max-time but/)
  })
})

describe('saving', () => {
  test('every so many steps, those that are not asked about included', () => {
    const schedule = new SaveSchedule(3, () => 0)
    const due = (steps: readonly number[]) => steps.filter(step => schedule.isDue(step))
    expect(due([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([3, 6])
    expect(due([2, 4, 6, 8])).toEqual([4, 6])
  })

  test('by time: after half a minute, or a hundred times what a save took', async () => {
    let now = 0
    const schedule = new SaveSchedule(null, () => now)
    now = 29_999
    expect(schedule.isDue(1)).toBe(false)
    now = 30_000
    expect(schedule.isDue(2)).toBe(true)
    await schedule.run(async () => {
      now += 500
    })
    now += 49_999
    expect(schedule.isDue(3)).toBe(false)
    now += 1
    expect(schedule.isDue(4)).toBe(true)
  })
})
