import { elementCount } from '../../../src/tensor.js'
import type { OperatorCase } from './case.js'

interface LossCase {
  readonly name: string
  readonly scores: readonly number[]
  readonly reduction: 'mean' | 'sum' | 'none'
  readonly weighted?: boolean
  readonly ignored?: number
  readonly labelType?: 'int32' | 'int64'
}

const lossCases: readonly LossCase[] = [
  { name: 'mean', scores: [5, 3], reduction: 'mean' },
  { name: 'sum', scores: [5, 3], reduction: 'sum' },
  { name: 'none', scores: [5, 3], reduction: 'none' },
  { name: 'mean, int32 labels', scores: [5, 3], reduction: 'mean', labelType: 'int32' },
  { name: 'mean, weights', scores: [6, 3], reduction: 'mean', weighted: true },
  { name: 'sum, weights', scores: [6, 3], reduction: 'sum', weighted: true },
  { name: 'none, weights', scores: [6, 3], reduction: 'none', weighted: true },
  { name: 'mean, a class ignored', scores: [8, 3], reduction: 'mean', ignored: 1 },
  { name: 'sum, labels -1 ignored', scores: [8, 3], reduction: 'sum', ignored: -1 },
  { name: 'none, labels -100 ignored', scores: [8, 3], reduction: 'none', ignored: -100 },
  { name: 'mean, weights, labels -1 ignored', scores: [8, 3], reduction: 'mean', weighted: true, ignored: -1 },
  { name: 'mean, weights, labels 255 ignored', scores: [8, 3], reduction: 'mean', weighted: true, ignored: 255 },
  { name: 'mean, everything ignored', scores: [1, 3], reduction: 'mean', ignored: -1 },
  { name: 'mean, weights, everything ignored', scores: [1, 3], reduction: 'mean', weighted: true, ignored: -1 },
  { name: 'mean, pictures', scores: [2, 4, 3, 2], reduction: 'mean' },
  {
    name: 'none, pictures, weights, a class ignored',
    scores: [2, 4, 3, 2],
    reduction: 'none',
    weighted: true,
    ignored: 0,
  },
]

export const lossGradientCases: readonly OperatorCase[] = lossCases.map(
  ({ name, scores, reduction, weighted, ignored, labelType = 'int64' }) => ({
    op: 'SoftmaxCrossEntropyLossGrad',
    name,
    build: i => {
      const classes = scores[1]!
      const labelDims = [scores[0]!, ...scores.slice(2)]
      const outside = ignored !== undefined && (ignored < 0 || ignored >= classes)
      const labels = Array.from({ length: elementCount(labelDims) }, (_, k) =>
        outside && k % 3 === 0 ? ignored : (k * 5 + 1) % classes,
      )
      const dy = i.normal('dY', reduction === 'none' ? labelDims : [])
      const all = [dy, i.uniform('log_prob', scores, -4, 0), i.values('label', labelType, labelDims, labels)]
      if (weighted) all.push(i.uniform('weight', [classes], 0.5, 2))
      const attributes = ignored === undefined ? { reduction } : { reduction, ignore_index: ignored }
      return [i.b.emit('SoftmaxCrossEntropyLossGrad', all, attributes)]
    },
  }),
)
