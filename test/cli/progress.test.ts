import { describe, expect, test } from 'vitest'
import { type ProgressEvent, progressDisplay } from '../../src/cli/progress.js'
import { barLine, type Progress, plainLine } from '../../src/cli/progress-format.js'
import { formatDuration } from '../../src/number-words.js'
import { fakeIo } from '../support/fake-io.js'

const progress: Progress = {
  label: 'epoch 3/40',
  done: 37,
  total: 100,
  loss: 0.012345,
  accuracy: 0.615,
  dataMs: 3.4,
  stepMs: 245.1,
}
const paint = (_style: unknown, text: string) => text
const ESC = String.fromCharCode(27)

describe('barLine', () => {
  test('shows everything where there is room', () => {
    expect(barLine(progress, 151_000, 120, paint)).toBe(
      ` 37% ${'━'.repeat(11)}${'─'.repeat(19)}  epoch 3/40  2m 31s left  loss 0.0123  accuracy 61.5%  step 245 ms  data wait 3 ms`,
    )
  })

  test('is never wider than the terminal and keeps what matters most', () => {
    for (let width = 1; width <= 130; width++) {
      expect(barLine(progress, 151_000, width, paint).length).toBeLessThanOrEqual(width)
    }
    const narrow = barLine(progress, 151_000, 48, paint)
    expect(narrow).toContain('epoch 3/40  2m 31s left')
    expect(narrow).not.toContain('data wait')
  })

  test('fills with the work', () => {
    const filled = (done: number) =>
      barLine({ label: '', done, total: 100 }, undefined, 60, paint).split('━').length - 1
    expect([filled(0), filled(50), filled(100)]).toEqual([0, 15, 30])
  })
})

test('plainLine tells the same without a bar', () => {
  expect(plainLine(progress, undefined)).toBe(
    '37% (37/100)  epoch 3/40  loss 0.0123  accuracy 61.5%  step 245 ms  data wait 3 ms',
  )
})

test('durations are short', () => {
  expect([0, 7_900, 59_600, 151_000, 3_725_000].map(formatDuration)).toEqual(['0s', '8s', '1m 00s', '2m 31s', '1h 02m'])
})

describe('progressDisplay', () => {
  const advance = (done: number, total = 100): ProgressEvent => ({ type: 'advance', label: 'epoch 1/1', done, total })

  test('draws over the same line of a terminal, a few times a second, and wipes it at the end', () => {
    const io = fakeIo({ terminal: 60 })
    const show = progressDisplay(io, { quiet: false, color: false })
    for (let step = 1; step <= 10; step++) {
      show(advance(step))
      io.wait(50)
    }
    show({ type: 'end' })
    const draws = io.err().split('\r').slice(1)
    expect(draws).toHaveLength(6)
    expect(draws.every(draw => draw.endsWith(`${ESC}[K`))).toBe(true)
    expect(draws.at(-1)).toBe(`${ESC}[K`)
    expect(io.err()).not.toContain('\n')
    expect(io.out()).toBe('')
  })

  test('keeps notes above the bar', () => {
    const io = fakeIo({ terminal: 60 })
    const show = progressDisplay(io, { quiet: false, color: false })
    show(advance(1))
    const bar = io.err()
    show({ type: 'note', text: 'epoch 1 is done' })
    expect(io.err().slice(bar.length)).toBe(`\repoch 1 is done${ESC}[K\n${bar.slice(1, -`${ESC}[K`.length)}`)
  })

  test('estimates the time left from the pace since it began, in the middle of a resumed work too', () => {
    const io = fakeIo({ terminal: 100 })
    const show = progressDisplay(io, { quiet: false, color: false })
    show(advance(50))
    expect(io.err()).not.toContain('left')
    io.wait(10_000)
    show(advance(60))
    expect(io.err()).toContain('40s left')
  })

  test('prints a line now and then elsewhere, and always the last', () => {
    for (const io of [fakeIo(), fakeIo({ terminal: 80, env: { TERM: 'dumb' } })]) {
      const show = progressDisplay(io, { quiet: false, color: true })
      for (let step = 1; step <= 100; step++) {
        show(advance(step))
        io.wait(500)
      }
      show({ type: 'note', text: 'done' })
      show({ type: 'end' })
      const lines = io.err().trimEnd().split('\n')
      expect(lines.map(line => line.split('%')[0])).toEqual(['1', '31', '61', '91', '100', 'done'])
      expect(io.err()).not.toContain(ESC)
    }
  })

  test('says nothing when asked to be quiet', () => {
    const io = fakeIo({ terminal: 80 })
    const show = progressDisplay(io, { quiet: true, color: true })
    show(advance(1))
    show({ type: 'note', text: 'x' })
    show({ type: 'end' })
    expect(io.err()).toBe('')
  })
})
