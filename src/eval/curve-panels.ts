import { lossWords, percent } from '../number-words.js'
import type { Line, Panel } from './chart.js'
import { epochAxis, lossAxis, shareAxis } from './chart-axis.js'

/** What was measured in an epoch; null where nothing was. */
export interface CurvePoint {
  /** From 1. */
  readonly epoch: number
  readonly trainLoss: number | null
  /** Shares of pieces, 0 .. 1. */
  readonly trainAccuracy: number | null
  readonly valLoss: number | null
  readonly valAccuracy: number | null
  /** The 95% interval of `valAccuracy`. */
  readonly valInterval: readonly [low: number, high: number] | null
  /** Whether no epoch before was better. */
  readonly best: boolean
}

/** A run as one of several curves. */
export interface RunCurve {
  readonly name: string
  /** In the order of their epochs. */
  readonly points: readonly CurvePoint[]
}

type Measure = (point: CurvePoint) => number | null

const accuracy = {
  title: 'Cell accuracy',
  train: (p: CurvePoint) => p.trainAccuracy,
  val: (p: CurvePoint) => p.valAccuracy,
}
const loss = {
  title: 'Loss (mean squared error)',
  train: (p: CurvePoint) => p.trainLoss,
  val: (p: CurvePoint) => p.valLoss,
}

/** Accuracy and loss of one run over its epochs: training and validation. @param chance the accuracy of guessing, where known */
export function runPanels(points: readonly CurvePoint[], chance: number | null): [accuracy: Panel, loss: Panel] {
  const marked = points.findLast(point => point.best && point.valAccuracy !== null)?.epoch
  const linesOf = ({ train, val }: typeof accuracy, words: (value: number) => string): Line[] => [
    lineOf('train', points, train, words, { color: 1, dashed: true }),
    lineOf('val', points, val, words, { color: 0, marked }),
  ]
  const [trained, validated] = linesOf(accuracy, percent) as [Line, Line]
  return panelsOf([trained, { ...validated, band: bandOf(points) }], linesOf(loss, lossWords), chance)
}

/** Accuracy and loss of several runs: each one's validation, or its training where it did not validate. */
export function comparisonPanels(runs: readonly RunCurve[], chance: number | null): [accuracy: Panel, loss: Panel] {
  const linesOf = ({ train, val }: typeof accuracy, words: (value: number) => string): Line[] =>
    runs.map(({ name, points }, color) => {
      const validated = points.some(point => val(point) !== null)
      const label = validated ? name : `${name} (train)`
      return lineOf(label, points, validated ? val : train, words, { color, dashed: !validated })
    })
  return panelsOf(linesOf(accuracy, percent), linesOf(loss, lossWords), chance)
}

function panelsOf(accuracies: readonly Line[], losses: readonly Line[], chance: number | null): [Panel, Panel] {
  const all = [...accuracies, ...losses].filter(measured)
  const epochs = all.flatMap(line => line.points.map(point => point.x))
  const [first, last] = epochs.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [Infinity, 1])
  const common = { x: epochAxis(Math.min(first!, last!), last!), xTitle: 'epoch' }
  const bands = accuracies.flatMap(({ band = [] }) => band.map(({ high }) => high))
  const shares = [...valuesOf(accuracies), ...bands, chance ?? 0]
  const level = chance === null ? undefined : { y: chance, label: `chance ${percent(chance)}` }
  return [
    { ...common, title: accuracy.title, lines: accuracies.filter(measured), y: shareAxis(shares), level },
    { ...common, title: loss.title, lines: losses.filter(measured), y: lossAxis(valuesOf(losses)) },
  ]
}

function lineOf(
  label: string,
  points: readonly CurvePoint[],
  measure: Measure,
  words: (value: number) => string,
  look: Pick<Line, 'color' | 'dashed' | 'marked'>,
): Line {
  const last = points.findLast(point => measure(point) !== null)
  return {
    label: last ? `${label} ${words(measure(last)!)}` : label,
    points: points.map(point => ({ x: point.epoch, y: measure(point) })),
    ...look,
  }
}

function bandOf(points: readonly CurvePoint[]): NonNullable<Line['band']> {
  return points.flatMap(({ epoch, valInterval }) =>
    valInterval ? [{ x: epoch, low: valInterval[0], high: valInterval[1] }] : [],
  )
}

function measured({ points }: Line): boolean {
  return points.some(point => point.y !== null)
}

function valuesOf(lines: readonly Line[]): number[] {
  return lines.flatMap(line => line.points.flatMap(({ y }) => (y === null ? [] : [y])))
}
