import { describe, expect, it } from 'vitest'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { isTrainingOp } from '../../src/onnx/op-table.js'
import type { Tensor } from '../../src/tensor.js'
import { buildCase, operatorCases } from '../support/operator-cases.js'
import { operatorFixture } from '../support/operator-fixtures.js'
import { runGraph } from '../support/run-graph.js'

/** The largest difference, relative to the largest expected value. */
function relativeError(actual: Tensor, wanted: Tensor): number {
  expect([...actual.dims], 'dims').toEqual([...wanted.dims])
  let [difference, scale] = [0, 0]
  wanted.data.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(Number(actual.data[i]) - Number(value)))
    scale = Math.max(scale, Math.abs(Number(value)))
  })
  return scale === 0 ? difference : difference / scale
}

describe('the standard target gives what the official operators give', () => {
  for (const operatorCase of operatorCases) {
    it(`${operatorCase.op}: ${operatorCase.name}`, async () => {
      const { graph, feeds } = buildCase(operatorCase)
      const lowered = lower(graph, standardTarget)
      expect(lowered.nodes.filter(node => isTrainingOp(node.opType))).toEqual([])
      const outputs = await runGraph(lowered, feeds)
      const fixture = operatorFixture(operatorCase)
      expect(Object.keys(outputs)).toEqual(Object.keys(fixture))
      for (const [name, wanted] of Object.entries(fixture)) {
        const error = relativeError(outputs[name]!, wanted)
        expect(error, name).toBeLessThanOrEqual(1e-5)
      }
    })
  }
})
