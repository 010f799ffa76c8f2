import { describe, expect, test } from 'vitest'
import { decimalNumber, grid, required, wholeNumber } from '../../src/cli/options.js'

describe('wholeNumber', () => {
  test('reads whole numbers in range', () => {
    expect(wholeNumber('--n', 0)('0')).toBe(0)
    expect(wholeNumber('--n', -5, 5)('-5')).toBe(-5)
  })

  test.each(['', ' ', 'x', '1.5', '1e3', '0x10', 'Infinity', '-1', '99999999999999999999'])('refuses "%s"', text => {
    expect(() => wholeNumber('--n', 0)(text)).toThrow(
      `Expected a whole number of 0 or more for --n but received "${text}".`,
    )
  })

  test('tells the range', () => {
    expect(() => wholeNumber('--n', 1, 9)('10')).toThrow(
      'Expected a whole number from 1 to 9 for --n but received "10".',
    )
  })
})

describe('decimalNumber', () => {
  test('reads decimals and exponents in range', () => {
    expect(decimalNumber('--lr', 0)('1e-4')).toBe(1e-4)
    expect(decimalNumber('--p', 0, 1)('.5')).toBe(0.5)
  })

  test.each(['', ' ', 'x', 'NaN', 'Infinity', '-0.1', '1.1'])('refuses "%s"', text => {
    expect(() => decimalNumber('--p', 0, 1)(text)).toThrow(
      `Expected a number from 0 to 1 for --p but received "${text}".`,
    )
  })
})

test('grid and required name the option', () => {
  expect(grid('--grid')('4x6')).toEqual({ rows: 4, cols: 6 })
  expect(() => grid('--grid')('4*6')).toThrow('for --grid but received "4*6".')
  expect(required('a.jpg', 'a picture', '--puzzle')).toBe('a.jpg')
  expect(() => required(undefined, 'a picture', '--puzzle')).toThrow(
    'Expected a picture for --puzzle but received nothing.',
  )
})
