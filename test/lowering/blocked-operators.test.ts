import { describe, expect, it } from 'vitest'
import { createBlockedTarget } from '../../src/lowering/blocked/index.js'
import { lower } from '../../src/lowering/lower.js'
import { isTrainingOp } from '../../src/onnx/op-table.js'
import { buildCase, operatorCases } from '../support/operator-cases.js'
import { operatorFixture } from '../support/operator-fixtures.js'
import { runGraph } from '../support/run-graph.js'

describe('blocked', () => {
  for (const operatorCase of operatorCases) {
    it(`${operatorCase.op}: ${operatorCase.name}`, async () => {
      const { graph, feeds } = buildCase(operatorCase)
      const lowered = lower(graph, createBlockedTarget(16))
      expect(lowered.nodes.filter(node => isTrainingOp(node.opType))).toEqual([])
      const outputs = await runGraph(lowered, feeds)
      const fixture = operatorFixture(operatorCase)
      expect(Object.keys(outputs)).toEqual(Object.keys(fixture))
      for (const [name, wanted] of Object.entries(fixture)) {
        let [difference, scale] = [0, 0]
        expect([...outputs[name]!.dims]).toEqual([...wanted.dims])
        wanted.data.forEach((value, i) => {
          difference = Math.max(difference, Math.abs(Number(outputs[name]!.data[i]) - Number(value)))
          scale = Math.max(scale, Math.abs(Number(value)))
        })
        expect(scale === 0 ? difference : difference / scale, name).toBeLessThanOrEqual(1e-5)
      }
    })
  }
})
