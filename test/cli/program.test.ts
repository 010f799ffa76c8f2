import { describe, expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.js'
import { type FakeIo, fakeIo } from '../support/fake-io.js'

async function run(args: string[], io: FakeIo = fakeIo()) {
  const code = await runCli(args, io)
  return { code, out: io.out(), err: io.err() }
}

describe('help', () => {
  test('no arguments print it', async () => {
    const none = await run([])
    expect(none).toEqual(await run(['--help']))
    expect(none).toMatchObject({ code: 0, err: '' })
  })

  test('begins with examples and ends with the exit codes', async () => {
    for (const args of [['--help'], ['locate', '--help'], ['help', 'locate']]) {
      const { code, out } = await run(args)
      expect(code).toBe(0)
      expect(out).toMatch(/^Examples:\n/)
      expect(out.trimEnd()).toMatch(/\n {4}5 {2}an incompatible or damaged model or checkpoint\n {2}130 {2}interrupted/)
    }
  })

  test('fits the terminal', async () => {
    const { out } = await run(['locate', '--help'], fakeIo({ terminal: 72, env: { NO_COLOR: '1' } }))
    const options = out.slice(out.indexOf('Usage:'), out.indexOf('Exit codes:'))
    expect(Math.max(...options.split('\n').map(line => line.length))).toBeLessThanOrEqual(72)
  })

  test('has colors on a terminal only', async () => {
    const colored = async (args: string[], io?: FakeIo) => (await run(args, io)).out.includes('\u001b[')
    expect(await colored(['--help'])).toBe(false)
    expect(await colored(['--help'], fakeIo({ terminal: 80 }))).toBe(true)
    expect(await colored(['--help', '--no-color'], fakeIo({ terminal: 80 }))).toBe(false)
    expect(await colored(['locate', '--no-color', '--help'], fakeIo({ terminal: 80 }))).toBe(false)
    expect(await colored(['--help'], fakeIo({ env: { FORCE_COLOR: '1' } }))).toBe(true)
  })
})

test('--version prints the version', async () => {
  expect(await run(['--version'])).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' })
})

describe('wrong usage ends with 2 and one sentence', () => {
  test.each([
    [['locat'], "Unknown command 'locat'.", 'Did you mean locate?'],
    [['locate', '--puzle', 'a.jpg'], "Unknown option '--puzle'.", 'Did you mean --puzzle?'],
    [['locate', 'a.jpg'], "Too many arguments for 'locate'. Expected 0 arguments but got 1.", undefined],
    [['locate', '--puzzle'], "Option '--puzzle <image>' argument missing.", undefined],
    [['locate'], 'Expected the picture of the puzzle for --puzzle but received nothing.', undefined],
    [['locate', '--puzzle', 'a.jpg'], 'Expected pictures of pieces for --piece but received nothing.', undefined],
    [['--frobnicate'], "Unknown option '--frobnicate'.", undefined],
  ])('%j', async (args, sentence, hint) => {
    const { code, out, err } = await run(args)
    expect(code).toBe(2)
    expect(out).toBe('')
    const [error, ...rest] = err.trimEnd().split('\n')
    expect(error).toBe(`Error: ${sentence}`)
    expect(rest.length).toBeLessThanOrEqual(1)
    if (hint) expect(rest).toEqual([`Hint: ${hint}`])
  })
})
