import { describe, expect, it } from 'vitest'
import { scalarLike } from '../../src/autodiff/constants.js'
import type { GradientRule, GradientTable } from '../../src/autodiff/rule.js'
import { gradientRules } from '../../src/autodiff/rules/index.js'
import type { GraphBuilder } from '../../src/onnx/builder.js'
import type { Value } from '../../src/onnx/graph.js'
import type { OpType } from '../../src/onnx/op-table.js'
import { gradCheck } from '../support/grad-check.js'
import { type GradientSpec, plainInputs } from '../support/gradient-spec.js'
import { operatorsWithRules, specOf } from './specs/index.js'

/** The table with every gradient of one operator changed. */
function changed(op: OpType, change: (b: GraphBuilder, gradient: Value) => Value): GradientTable {
  const rule = gradientRules[op] as GradientRule<OpType>
  const wrong: GradientRule<OpType> = context =>
    rule(context).map(emit => (emit ? () => change(context.b, emit()) : null))
  return { ...gradientRules, [op]: wrong }
}

const square: GradientSpec = {
  name: 'MatMul of squares',
  accuracy: 'linear',
  inputs: plainInputs([3, 3], [3, 3]),
  build: (b, ...x) => b.emit('MatMul', x),
}
const bias: GradientSpec = {
  name: 'Add of a bias',
  accuracy: 'linear',
  inputs: plainInputs([4, 3], [3]),
  build: (b, ...x) => b.emit('Add', x),
}
const conv: GradientSpec = {
  name: 'Conv of a square kernel',
  accuracy: 'linear',
  inputs: plainInputs([2, 3, 5, 5], [3, 3, 3, 3]),
  build: (b, ...x) => b.emit('Conv', x, { pads: [1, 1, 1, 1] }),
}
const cycle: GradientSpec = {
  name: 'Transpose in a cycle',
  accuracy: 'linear',
  inputs: plainInputs([3, 3, 3]),
  build: (b, x) => b.emit('Transpose', [x!], { perm: [1, 2, 0] }),
}

describe('a wrong rule is caught', () => {
  it.each(operatorsWithRules)('%s off by one percent', async op => {
    const rules = changed(op, (b, gradient) => b.emit('Mul', [gradient, scalarLike(b, 1.01, gradient)]))
    await expect(gradCheck(specOf(op), rules)).rejects.toThrow('relative error')
  })

  it('a matrix product with its axes swapped', async () => {
    await expect(gradCheck(square)).resolves.toBeUndefined()
    const rules = changed('MatMul', (b, gradient) => b.emit('Transpose', [gradient]))
    await expect(gradCheck(square, rules)).rejects.toThrow('relative error')
  })

  it('a convolution whose gradients have height and width swapped', async () => {
    await expect(gradCheck(conv)).resolves.toBeUndefined()
    const rules = changed('Conv', (b, gradient) => b.emit('Transpose', [gradient], { perm: [0, 1, 3, 2] }))
    await expect(gradCheck(conv, rules)).rejects.toThrow('relative error')
  })

  it('a transposition that is not undone but done again', async () => {
    await expect(gradCheck(cycle)).resolves.toBeUndefined()
    const again: GradientRule<'Transpose'> = ({ b, given, dy }) => [() => b.emit('Transpose', [dy()], given)]
    await expect(gradCheck(cycle, { ...gradientRules, Transpose: again })).rejects.toThrow('relative error')
  })

  it('a bias that gets the gradient of one row instead of the sum', async () => {
    await expect(gradCheck(bias)).resolves.toBeUndefined()
    const first: GradientRule<'Add'> = ({ b, dy }) => [dy, () => b.emit('Gather', [dy(), b.scalar(0, 'int64')])]
    await expect(gradCheck(bias, { ...gradientRules, Add: first })).rejects.toThrow('the gradient of x1 gives')
  })

  it('a bias that gets no sum at all, by its shape', async () => {
    const unsummed: GradientRule<'Add'> = ({ dy }) => [dy, dy]
    await expect(gradCheck(bias, { ...gradientRules, Add: unsummed })).rejects.toThrow(
      'Expected float32[3] for the gradient of input B of Add node "Add" but received "float32[4,3]".',
    )
  })

  it('a batch-norm that forgets that its mean depends on its input', async () => {
    const spec = specOf('BatchNormInternal')
    const forgetful: GradientRule<'BatchNormInternal'> = context => {
      const rule = gradientRules.BatchNormInternal as GradientRule<'BatchNormInternal'>
      const { b, x, y, dy } = context
      const slope = (): Value => b.emit('Unsqueeze', [b.emit('Mul', [x(1), y(4)]), b.ints([1, 2])])
      return [() => b.emit('Mul', [dy(), slope()]), ...rule(context).slice(1)]
    }
    await expect(gradCheck(spec, { ...gradientRules, BatchNormInternal: forgetful })).rejects.toThrow('of x0 gives')
  })
})
