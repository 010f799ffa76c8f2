import { describe, expect, test } from 'vitest'
import { trainingCurveSvg } from '../../src/eval/curve.js'
import { type CurvePoint, comparisonPanels, runPanels } from '../../src/eval/curve-panels.js'
import { curvePoint } from '../support/curve-points.js'
import { elements, type MarkupElement, parseMarkup, textOf } from '../support/parse-markup.js'

const texts = { title: 'quick', subtitle: 'preset quick', chance: 0.25 }
const draw = (points: readonly CurvePoint[], change = {}) =>
  parseMarkup(trainingCurveSvg(points, { ...texts, ...change }), 'xml')
const many = (count: number, change: (epoch: number) => Partial<CurvePoint> = () => ({})) =>
  Array.from({ length: count }, (_, i) => curvePoint(i + 1, change(i + 1)))
const classed = (svg: MarkupElement, name: string, style: string) =>
  elements(svg, name).filter(({ attributes }) => attributes.class?.split(' ').includes(style))
/** Lines within the panels; the others are the legend's. */
const lines = (svg: MarkupElement) =>
  classed(svg, 'path', 'line').filter(({ attributes }) => attributes.d!.includes('L'))
const numbers = (svg: MarkupElement) =>
  elements(svg, 'path').flatMap(path => (path.attributes.d!.match(/-?[\d.]+(e-?\d+)?|NaN|Infinity/g) ?? []).map(Number))

describe('trainingCurveSvg', () => {
  test('draws both panels with a line for train and one for val, the legend with their last values', () => {
    const svg = draw(many(3, epoch => ({ valAccuracy: epoch / 4, best: epoch === 2 })))
    expect(lines(svg)).toHaveLength(4)
    const text = elements(svg, 'text').map(textOf)
    expect(text).toEqual(
      expect.arrayContaining(['quick', 'preset quick', 'Cell accuracy', 'Loss (mean squared error)']),
    )
    expect(text).toEqual(
      expect.arrayContaining(['train 30.0%', 'val 75.0%', 'train 0.0600', 'val 0.0500', 'chance 25.0%']),
    )
    expect(classed(svg, 'path', 'fill')).toHaveLength(1)
    expect(classed(svg, 'circle', 'ring')).toHaveLength(2)
  })

  test('places points by their numbers: later to the right, better higher', () => {
    const points = [
      curvePoint(1, { valAccuracy: 0 }),
      curvePoint(2, { valAccuracy: 1 }),
      curvePoint(3, { valAccuracy: 0.5 }),
    ]
    const [line] = lines(draw(points)).filter(({ attributes }) => !attributes.class!.includes('dashed'))
    const places = line!.attributes
      .d!.slice(1)
      .split('L')
      .map(place => place.split(' ').map(Number))
    expect(places[1]![0]! - places[0]![0]!).toBeCloseTo(places[2]![0]! - places[1]![0]!, 1)
    expect(places[0]![1]! - places[1]![1]!).toBeCloseTo(2 * (places[2]![1]! - places[1]![1]!), 1)
    expect(places[1]![1]).toBeLessThan(places[0]![1]!)
  })

  test.each([
    ['no epoch', []],
    ['one epoch', many(1)],
    ['one late epoch', [curvePoint(500)]],
    [
      'nothing measured',
      many(4, () => ({ trainLoss: null, trainAccuracy: null, valLoss: null, valAccuracy: null, valInterval: null })),
    ],
    ['zeros', many(3, () => ({ trainLoss: 0, valLoss: 0, trainAccuracy: 0, valAccuracy: 0 }))],
    ['absurd losses', many(3, epoch => ({ trainLoss: [1e300, 1e-310, 5][epoch - 1]! }))],
    ['a loss that explodes', many(30, epoch => ({ trainLoss: 0.06 * 10 ** epoch }))],
    ['epochs far apart', [curvePoint(1), curvePoint(9e15)]],
  ])('%s: is drawn within the picture', (_, points) => {
    const svg = draw(points)
    for (const number of numbers(svg)) {
      expect(number).toBeGreaterThanOrEqual(-6)
      expect(number).toBeLessThanOrEqual(960)
    }
    expect(elements(svg, 'text').map(textOf).join(' ')).not.toMatch(/NaN|Infinity|undefined/)
  })

  test('says where nothing was measured', () => {
    expect(elements(draw([]), 'text').map(textOf)).toContain('nothing measured')
    expect(elements(draw(many(1)), 'text').map(textOf)).not.toContain('nothing measured')
  })

  test('leaves out val where there is none', () => {
    const svg = draw(many(3, () => ({ valLoss: null, valAccuracy: null, valInterval: null })))
    expect(lines(svg)).toHaveLength(2)
    expect(elements(svg, 'text').map(textOf).join(' ')).not.toContain('val')
  })

  test('breaks a line at a gap, and shows a point between two gaps', () => {
    const gaps = new Set([50, 100, 102])
    const svg = draw(many(200, epoch => (gaps.has(epoch) ? { valLoss: null } : {})))
    expect(lines(svg)).toHaveLength(2 + 1 + 3)
    expect(classed(svg, 'circle', 'dot')).toHaveLength(1)
  })

  test('a hundred thousand epochs take no more room than a few thousand, and no peak is lost', () => {
    const peak = (epoch: number) => (epoch === 54_321 ? { trainAccuracy: 1 } : {})
    const text = trainingCurveSvg(many(100_000, peak), texts)
    expect(text.length).toBeLessThan(100_000)
    const [train] = lines(parseMarkup(text, 'xml'))
    const heights = train!.attributes
      .d!.slice(1)
      .split('L')
      .map(place => Number(place.split(' ')[1]))
    expect(new Set(heights).size).toBe(2)
  })

  test('escapes what is written into it', () => {
    const hostile = `</title><script>alert("x")</script> & 'y' \u0000\u001b\ud800`
    const svg = draw(many(1), { title: hostile, subtitle: hostile })
    expect(elements(svg, 'script')).toEqual([])
    expect(textOf(elements(svg, 'title')[0]!)).toBe(`</title><script>alert("x")</script> & 'y' \ufffd\ufffd\ufffd`)
  })

  test('has colors for light and for dark', () => {
    const [style] = elements(draw([]), 'style')
    expect(textOf(style!)).toContain('@media (prefers-color-scheme:dark)')
  })
})

describe('axes', () => {
  const axes = (points: readonly CurvePoint[]) => runPanels(points, null)
  const ticks = ({ x }: ReturnType<typeof axes>[0]) => x.ticks.map(x.label)

  test.each([
    [1, ['1']],
    [2, ['1', '2']],
    [7, ['1', '2', '3', '4', '5', '6', '7']],
    [30, ['5', '10', '15', '20', '25', '30']],
    [100, ['20', '40', '60', '80', '100']],
    [1000, ['200', '400', '600', '800', '1,000']],
  ])('%i epochs have whole, round ticks', (count, expected) => expect(ticks(axes(many(count))[0])).toEqual(expected))

  test('accuracy goes from 0 to 100%, or to a little above what there is', () => {
    const labels = (valAccuracy: number) => {
      const [{ y }] = axes(many(2, () => ({ valAccuracy, trainAccuracy: valAccuracy, valInterval: null })))
      return y.ticks.map(y.label)
    }
    expect(labels(0.8)).toEqual(['0%', '20%', '40%', '60%', '80%', '100%'])
    expect(labels(0.02)).toEqual(['0%', '0.5%', '1%', '1.5%', '2%', '2.5%'])
  })

  test('loss is logarithmic where it falls by orders of magnitude', () => {
    const labels = (last: number) => {
      const [, { y }] = axes(many(2, epoch => ({ trainLoss: epoch === 2 ? last : 0.06, valLoss: null })))
      return y.ticks.map(y.label)
    }
    expect(labels(0.02)).toEqual(['0', '0.02', '0.04', '0.06'])
    expect(labels(0.0005)).toEqual(['0.0001', '0.001', '0.01', '0.1'])
    expect(labels(3e-9)).toEqual(['1e-9', '1e-7', '1e-5', '0.001', '0.1'])
  })
})

describe('comparisonPanels', () => {
  test('shows the validation of each run, the training of one that has none', () => {
    const blind = many(3, () => ({ valLoss: null, valAccuracy: null, valInterval: null }))
    const [accuracy, loss] = comparisonPanels(
      [
        { name: 'a', points: many(5) },
        { name: 'b', points: blind },
        { name: 'c', points: [] },
      ],
      0.25,
    )
    expect(accuracy.lines.map(({ label, color, dashed }) => ({ label, color, dashed }))).toEqual([
      { label: 'a 40.0%', color: 0, dashed: false },
      { label: 'b (train) 30.0%', color: 1, dashed: true },
    ])
    expect(loss.lines.map(({ label }) => label)).toEqual(['a 0.0500', 'b (train) 0.0600'])
    expect(accuracy.x.ticks).toEqual([1, 2, 3, 4, 5])
  })
})
