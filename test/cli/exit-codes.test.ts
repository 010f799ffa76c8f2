import { describe, expect, test } from 'vitest'
import { exitCodeMeanings, Interrupted, reportError } from '../../src/cli/exit-codes.js'
import { type ErrorCode, LocatorError } from '../../src/errors.js'
import { fakeIo } from '../support/fake-io.js'

const plain = { debug: false, color: true }

function report(error: unknown, options = plain, io = fakeIo()) {
  return { code: reportError(error, io, options), err: io.err(), out: io.out() }
}

describe('reportError', () => {
  test.each<[ErrorCode, number]>([
    ['E_USAGE', 2],
    ['E_CONFIG', 2],
    ['E_INPUT', 3],
    ['E_IMAGE', 3],
    ['E_DIVERGED', 4],
    ['E_MODEL', 5],
    ['E_CHECKPOINT', 5],
    ['E_OP_UNSUPPORTED', 5],
    ['E_SHAPE', 5],
    ['E_DISPOSED', 1],
  ])('%s ends with %i', (errorCode, code) => {
    expect(report(new LocatorError(errorCode, 'It failed.'))).toEqual({ code, err: 'Error: It failed.\n', out: '' })
    expect(exitCodeMeanings).toHaveProperty(String(code))
  })

  test('tells the hint on a line of its own', () => {
    expect(report(new LocatorError('E_INPUT', 'It failed.', { hint: 'Do better.' })).err).toBe(
      'Error: It failed.\nHint: Do better.\n',
    )
  })

  test('asks for a report of what is a bug, without a stack', () => {
    for (const bug of [new TypeError('x is not a function'), 'x is not a function']) {
      const { code, err } = report(bug)
      expect(code).toBe(1)
      expect(err.split('\n')).toEqual([
        'Error: This is a bug: x is not a function',
        'Hint: Please report it with the command and the output of the same command with --debug.',
        '',
      ])
    }
  })

  test('a full disk is no bug', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    })
    expect(report(error)).toMatchObject({ code: 3, err: 'Error: ENOSPC: no space left on device, write.\n' })
  })

  test('an interruption ends with 130', () => {
    expect(report(new Interrupted('Saved; go on with --resume.'))).toMatchObject({
      code: 130,
      err: 'Interrupted: Saved; go on with --resume.\n',
    })
  })

  test('--debug shows the stack and the cause', () => {
    const error = new LocatorError('E_MODEL', 'It failed.', { cause: new Error('deep down') })
    const { err } = report(error, { debug: true, color: true })
    expect(err).toMatch(/^Error: It failed\.\n/)
    expect(err).toMatch(/\n {4}at .*exit-codes\.test\.ts/)
    expect(err).toContain('Caused by: Error: deep down')
  })

  test('colors only on a terminal that wants them', () => {
    const error = new LocatorError('E_INPUT', 'It failed.', { hint: 'Do better.' })
    const colored = (options: Parameters<typeof fakeIo>[0], color = true) =>
      report(error, { debug: false, color }, fakeIo(options)).err.includes('\u001b[')
    expect(colored({})).toBe(false)
    expect(colored({ terminal: 80 })).toBe(true)
    expect(colored({ terminal: 80 }, false)).toBe(false)
    expect(colored({ terminal: 80, env: { NO_COLOR: '1' } })).toBe(false)
    expect(colored({ terminal: 80, env: { NO_COLOR: '' } })).toBe(true)
    expect(colored({ terminal: 80, env: { TERM: 'dumb' } })).toBe(false)
    expect(colored({ env: { FORCE_COLOR: '1' } })).toBe(true)
    expect(colored({ terminal: 80, env: { FORCE_COLOR: '0' } })).toBe(false)
  })
})
