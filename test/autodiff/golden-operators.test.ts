import { describe, expect, it } from 'vitest'
import { appendGradients } from '../../src/autodiff/backward.js'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Graph, Value } from '../../src/onnx/graph.js'
import type { OpType } from '../../src/onnx/op-table.js'
import { tensor } from '../../src/tensor.js'
import { loadOperatorCases, type OperatorCase, operatorInput } from '../support/golden-operators.js'
import { goldenUniform } from '../support/golden-tensors.js'
import { runGraph } from '../support/run-graph.js'

/** One step of float32 below 3, where hard-sigmoid, computed in float32, is 1 already. */
const justBelow3 = 3 - 2 ** -22

/**
 * Points where another value of the derivative is as right. PyTorch's clamp has 0 at its bounds, ONNX Runtime's Clip 1.
 * All other kinks are PyTorch's.
 */
const ownChoices: Readonly<Record<string, readonly number[]>> = {
  'clip-kinks': [0, 1],
  'hard-sigmoid-kinks': [justBelow3],
  'hard-swish-kinks': [justBelow3],
}

describe("operators give PyTorch's outputs and gradients", () => {
  it.each(loadOperatorCases().map(operatorCase => [operatorCase.name, operatorCase] as const))(
    '%s',
    async (_, golden) => {
      const x = golden.inputs.map(operatorInput)
      const feeds = Object.fromEntries(golden.inputs.map(({ shape }, i) => [`x${i}`, tensor('float32', shape, x[i]!)]))
      const count = golden.output.length
      const u = tensor('float32', golden.outputShape, goldenUniform(golden.gradOutputName, count))
      const results = await runGraph(lower(graphOf(golden), standardTarget), { ...feeds, u })
      expect(relativeError(results.y!.data as Float32Array, golden.output)).toBeLessThan(1e-5)
      golden.gradients.forEach((wanted, i) => {
        const skipped = ownChoices[golden.name] ?? []
        const kept = <T extends ArrayLike<number>>(list: T): number[] =>
          Array.from(list).filter((_, at) => !skipped.includes(x[i]![at]!))
        expect(relativeError(kept(results[`d${i}`]!.data as Float32Array), kept(wanted)), `input ${i}`).toBeLessThan(
          1e-5,
        )
      })
    },
  )
})

/** The operator with the gradients of `<y, u>`. */
function graphOf(golden: OperatorCase): Graph {
  const b = new GraphBuilder(golden.name)
  const inputs = golden.inputs.map(({ shape }, i) => b.input(`x${i}`, 'float32', shape))
  const y = emitOperator(b, golden, inputs)
  const u = b.input('u', 'float32', golden.outputShape)
  const loss = b.emit('ReduceSum', [b.emit('Mul', [y, u])], { keepdims: 0 })
  const gradients = appendGradients(
    b,
    loss,
    inputs.map(input => input.name),
  )
  b.output(y, 'y')
  inputs.forEach((input, i) => {
    b.output(gradients.get(input.name)!, `d${i}`)
  })
  return b.build()
}

function emitOperator(
  b: GraphBuilder,
  { op, attributes: { scales, ...attributes }, inputs }: OperatorCase,
  x: Value[],
): Value {
  switch (op) {
    case 'BatchNormalization': {
      const state = ['mean', 'variance'].map(name =>
        b.initializer(name, tensor('float32', inputs[1]!.shape, new Float32Array(x[1]!.shape[0] as number))),
      )
      return b.emitAll('BatchNormInternal', [...x, ...state], attributes, 5)[0]!
    }
    case 'Resize':
      return b.emit(
        'Resize',
        [x[0]!, null, b.constant(tensor('float32', [4], Float32Array.from(scales as number[])))],
        attributes,
      )
    case 'Clip':
      return b.emit('Clip', [x[0]!, b.scalar(0), b.scalar(1)])
    case 'MaxPool':
      return b.emitAll('MaxPool', x, attributes, 2)[0]!
    case 'LayerNormalization':
      return b.emitAll('LayerNormalization', x, attributes, 3)[0]!
    default:
      return b.emit(op as OpType, x, attributes)
  }
}

/** The largest difference relative to the largest expected value. */
function relativeError(actual: ArrayLike<number>, wanted: readonly number[]): number {
  expect(actual.length).toBe(wanted.length)
  const largest = Math.max(...wanted.map(Math.abs))
  return Math.max(...wanted.map((value, i) => Math.abs(actual[i]! - value))) / (largest || 1)
}
