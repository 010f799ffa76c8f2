import { describe, expect, test } from 'vitest'
import { reportMark, reportPage } from '../../src/eval/report.js'
import { verdict } from '../../src/eval/report-results.js'
import { chanceOf, factRows, type ReportRun, stateOf } from '../../src/eval/report-run.js'
import { elements, type MarkupElement, parseMarkup, textOf } from '../support/parse-markup.js'
import { reportRun, runResult } from '../support/report-runs.js'

const origin = { date: '1 May 2026', version: '1.2.3' }
const page = (runs: readonly ReportRun[]) => parseMarkup(reportPage(runs, origin), 'html')
const byClass = (of: MarkupElement, name: string, style: string) =>
  elements(of, name).filter(({ attributes }) => attributes.class?.split(' ').includes(style))
const rows = (of: MarkupElement) =>
  elements(of, 'tr').map(row => row.children.map(cell => (typeof cell === 'string' ? cell : textOf(cell))))
const table = (of: MarkupElement, style: string) => rows(byClass(of, 'table', style)[0]!)

describe('reportPage', () => {
  test('needs nothing from elsewhere and runs nothing', () => {
    const sheet = { title: 'Typical', source: 'data:image/webp;base64,AAAA', width: 30, height: 20 }
    const of = page([reportRun('a', { sheets: { predictions: [sheet], batch: sheet } }), reportRun('b')])
    for (const name of ['script', 'link', 'iframe', 'object', 'form']) expect(elements(of, name)).toEqual([])
    expect(elements(of, 'img').map(({ attributes }) => attributes.src)).toEqual([sheet.source, sheet.source])
    expect(elements(of, 'a').every(({ attributes }) => attributes.href!.startsWith('#'))).toBe(true)
    const policy = elements(of, 'meta').find(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy')
    expect(policy!.attributes.content).toBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    expect(textOf(elements(of, 'style')[0]!)).not.toMatch(/url\(|@import/)
  })

  test('is recognized as a report by its beginning', () => {
    expect(reportPage([reportRun('a')], origin).indexOf(reportMark)).toBeLessThan(1024)
  })

  test('gives the results with interval, n and baselines', () => {
    const [head, a, b] = table(page([reportRun('a'), reportRun('b', { result: runResult(104) })]), 'results')
    expect(head).toEqual([
      'Run',
      'Cell accuracy, 95% interval',
      'Chance',
      'Mean color',
      'Loss',
      'Mean distance',
      'Epoch',
    ])
    expect(a![0]).toBe('afinished in 2m 05s')
    expect(a![1]).toMatch(/^80\.0% 75\.8% to 83\.6%, n = 400.*better than chance and mean color$/)
    expect(a!.slice(2)).toEqual(['25.0%', '30.0%', '0.0189', '0.121median 0.0710', '2'])
    expect(b![1]).toMatch(/^26\.0% .*not better than chance$/)
  })

  test('takes runs that are not finished, or have hardly begun', () => {
    const begun = reportRun('begun', { result: null, curve: [], epochs: [], environment: null, config: {} })
    const blind = reportRun('blind', {
      result: null,
      curve: reportRun('x').curve.map(point => ({
        ...point,
        valAccuracy: null,
        valLoss: null,
        valInterval: null,
        best: false,
      })),
    })
    const of = page([reportRun('half', { result: null, config: { epochs: 30 } }), blind, begun])
    const [, half, second, third] = table(of, 'results')
    expect(half).toEqual(['halfunfinished: epoch 3 of 30', 'not tested yetbest validation so far: 60.0% in epoch 2'])
    expect(second).toEqual(['blindunfinished: epoch 3 of 3', 'not tested yettraining accuracy 30.0% in epoch 3'])
    expect(third).toEqual(['begununfinished: epoch 0', 'not tested yetno epoch was finished'])
  })

  test('of one run there is nothing to compare', () => {
    const of = page([reportRun('a')])
    expect(elements(of, 'h1').map(textOf)).toEqual(['a'])
    expect(elements(of, 'h2').map(textOf)).toEqual(['Results on the test pictures', 'a'])
  })

  test('of several, the differences come first and what is the same is folded', () => {
    const other = { ...reportRun('x').config, seed: 2, dropout: 0.1, embedded: { size: 96, train: 8 } }
    const of = page([reportRun('a'), reportRun('b', { config: other, environment: { node: '22.0.0' } })])
    const [different, same] = byClass(of, 'table', 'facts').map(rows)
    expect(different).toEqual([
      ['Setting', 'a', 'b'],
      ['seed', '1', '2'],
      ['embedded.size', '64', '96'],
      ['dropout', '–', '0.1'],
      ['node', '20.0.0', '22.0.0'],
    ])
    expect(same).toEqual(
      expect.arrayContaining([
        ['preset', 'quick'],
        ['grid', '2x2'],
        ['embedded.train', '8'],
      ]),
    )
  })

  test('warns where tests were not the same', () => {
    const warnings = (config: ReportRun['config']) =>
      byClass(page([reportRun('a'), reportRun('b', { config })]), 'p', 'warning').map(textOf)
    const { config } = reportRun('a')
    expect(warnings({ ...config, headLr: 1, epochs: 9 })).toEqual([])
    expect(warnings({ ...config, grid: { rows: 4, cols: 6 }, seed: 2 })).toEqual([
      'These runs were not tested on the same pieces (grid, seed): their accuracies cannot be compared directly.',
    ])
  })

  test('tells what could not be read', () => {
    expect(byClass(page([reportRun('a', { problems: ['env.json is damaged.'] })]), 'p', 'warning').map(textOf)).toEqual(
      ['env.json is damaged.'],
    )
  })

  test('folds runs where there are many, and opens few', () => {
    const open = (count: number) => {
      const names = Array.from({ length: count }, (_, i) => reportRun(`r${i}`))
      return byClass(page(names), 'details', 'run').filter(({ attributes }) => 'open' in attributes).length
    }
    expect(open(3)).toBe(3)
    expect(open(20)).toBe(0)
  })

  test('gives each of twenty runs a line of its own look', () => {
    const of = page(Array.from({ length: 20 }, (_, i) => reportRun(`r${i}`)))
    const keys = byClass(byClass(of, 'ul', 'legend')[0]!, 'span', 'key').map(({ attributes }) => attributes.class)
    expect(new Set(keys).size).toBe(20)
  })

  test('marks the best epoch, and of very many epochs shows some, that one and the last', () => {
    const curve = Array.from({ length: 2000 }, (_, i) => ({
      ...reportRun('x').curve[0]!,
      epoch: i + 1,
      best: i === 1234,
    }))
    const epochs = curve.map(({ epoch, best }) => ({ epoch, best }))
    const all = byClass(page([reportRun('a', { curve, epochs })]), 'table', 'epochs')[0]!
    const numbers = rows(all)
      .slice(1)
      .map(([epoch]) => Number(epoch))
    expect(numbers.length).toBeLessThan(510)
    expect(numbers).toEqual(expect.arrayContaining([1, 1235, 2000]))
    expect(byClass(all, 'tr', 'best').map(row => textOf(row).slice(0, 4))).toEqual(['1235'])
  })

  test('escapes whatever a run has to say', () => {
    const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)>&`
    const of = page([
      reportRun(hostile, {
        path: hostile,
        config: { [hostile]: hostile, epochs: hostile, grid: hostile, embedded: { [hostile]: hostile } },
        environment: { commandLine: [hostile, hostile], [hostile]: { [hostile]: { deep: hostile } } },
        result: { ...runResult(320), pictures: { from: hostile, train: 1, val: 1, test: 1 } },
        sheets: { predictions: [{ title: hostile, source: hostile, width: 1, height: 1 }], batch: null },
        problems: [hostile],
      }),
      reportRun('b'),
    ])
    expect(elements(of, 'script')).toEqual([])
    expect(elements(of, 'img')).toHaveLength(1)
    expect(elements(of, 'img')[0]!.attributes).toEqual({ src: hostile, alt: hostile, width: '1', height: '1' })
    expect(elements(of, 'h2').map(textOf)).toContain(hostile)
  })
})

describe('words of a report', () => {
  test('verdict says no more than the interval does', () => {
    expect(verdict(runResult(100))).toBe('not better than chance')
    expect(verdict(runResult(115))).toBe('not better than chance')
    expect(verdict(runResult(128))).toBe('better than chance, not better than mean color')
    expect(verdict(runResult(150))).toBe('better than chance and mean color')
    expect(verdict(runResult(2, 4))).toBe('not better than chance')
  })

  test('chance is the result’s, else the grid’s, else unknown', () => {
    const config = { grid: { rows: 4, cols: 5 } }
    expect(chanceOf(reportRun('a', { config }))).toBe(0.25)
    expect(chanceOf(reportRun('a', { config, result: null }))).toBe(0.05)
    for (const grid of [undefined, null, 7, 'x', { rows: 0, cols: 2 }, { rows: '2', cols: 2 }]) {
      expect(chanceOf(reportRun('a', { config: { grid }, result: null }))).toBe(null)
    }
  })

  test('a run without a number of epochs says how far it came', () => {
    expect(stateOf(reportRun('a', { result: null, config: {} }))).toBe('unfinished: epoch 3')
  })

  test('facts are flat, in the order in which they come', () => {
    const rows = factRows([{ b: null, list: ['a', 1], none: [], at: { x: { y: 1 } } }, null, { c: true, b: 2 }])
    expect(rows).toEqual([
      { name: 'b', values: ['null', null, '2'] },
      { name: 'list', values: ['a 1', null, null] },
      { name: 'none', values: ['none', null, null] },
      { name: 'at.x', values: ['{"y":1}', null, null] },
      { name: 'c', values: [null, null, 'true'] },
    ])
  })
})
