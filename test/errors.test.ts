import { describe, expect, it } from 'vitest'
import { describe as describeValue, expected, LocatorError } from '../src/errors.js'

describe('a value in a message', () => {
  it.each([
    ['text', '"text"'],
    ['', '""'],
    [null, 'nothing'],
    [undefined, 'nothing'],
    [0.5, '0.5'],
    [Number.NaN, 'NaN'],
    [12n, '12'],
    [true, 'true'],
    [[1, 2, 3], '[1, 2, 3]'],
    [['a', ['b']], '[a, b]'],
    [new Map(), 'Map'],
    [{ a: 1 }, 'Object'],
    [Object.create(null), 'an object'],
  ])('%o reads as %s', (value, text) => {
    expect(describeValue(value)).toBe(text)
  })

  it('is cut where it is long', () => {
    expect(describeValue('x'.repeat(121))).toBe(`"${'x'.repeat(117)}..."`)
    expect(describeValue('x'.repeat(120))).toBe(`"${'x'.repeat(120)}"`)
    expect(describeValue(Array(1000).fill(7))).toBe(`[${'7, '.repeat(39)}...]`)
  })

  it('stays on one line, whatever a file calls its tensors', () => {
    expect(describeValue('a\nb\r\tc')).toBe('"a\\nb\\r\\tc"')
    expect(describeValue('\u0000\u001b[31m\u0085\u007f')).toBe('"\\u0000\\u001b[31m\\u0085\\u007f"')
    expect(describeValue('\u2028\u2029')).toBe('"\\u2028\\u2029"')
    expect(describeValue('left\u202eright')).toBe('"left\\u202eright"')
    expect(describeValue(['a\nb'])).toBe('[a\\nb]')
    expect(describeValue('Stück 漢字 🧩')).toBe('"Stück 漢字 🧩"')
  })
})

describe('an error', () => {
  it('says what was expected, where, and what came', () => {
    const error = expected('E_USAGE', 'a grid as ROWSxCOLS, like 4x6', '--grid', '4by6', { hint: 'Try 4x6.' })
    expect(error).toBeInstanceOf(LocatorError)
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('LocatorError')
    expect(error.code).toBe('E_USAGE')
    expect(error.message).toBe('Expected a grid as ROWSxCOLS, like 4x6 for --grid but received "4by6".')
    expect(error.hint).toBe('Try 4x6.')
    expect(Object.hasOwn(error, 'cause')).toBe(false)
  })

  it('keeps its cause', () => {
    const cause = new Error('disk full')
    expect(expected('E_INPUT', 'a file', 'x', 'y', { cause }).cause).toBe(cause)
  })

  it('is one line, also where the names around the value are foreign', () => {
    const error = expected('E_MODEL', 'one', 'node "evil\nname\u001b[2J"', 'received\r\n')
    expect(error.message).toBe('Expected one for node "evil\\nname\\u001b[2J" but received "received\\r\\n".')
    expect(new LocatorError('E_SHAPE', 'two\nlines').message).toBe('two\\nlines')
  })

  it('has a length that fits a screen, the end with what was received included', () => {
    const { message } = expected('E_SHAPE', 'few inputs', `a node with ${'very '.repeat(10_000)}many`, 'these')
    expect(message.length).toBeLessThanOrEqual(2000)
    expect(message).toMatch(/^Expected few inputs for a node with very .* \.\.\. .* but received "these"\.$/)
  })
})
