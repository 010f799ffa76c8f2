import { describe, expect, it } from 'vitest'
import { lower } from '../../src/lowering/lower.js'
import { isTrainingOp } from '../../src/onnx/op-table.js'
import { blockedSuite, blockedTarget, blockSize } from '../support/blocked-runtime.js'
import { buildCase, operatorCases } from '../support/operator-cases.js'
import { operatorFixture } from '../support/operator-fixtures.js'
import { relativeError } from '../support/relative-error.js'
import { runGraph } from '../support/run-graph.js'

describe.skipIf(!blockSize)(`${blockedSuite}, gives what the official operators give`, () => {
  for (const operatorCase of operatorCases) {
    it(`${operatorCase.op}: ${operatorCase.name}`, async () => {
      const { graph, feeds } = buildCase(operatorCase)
      const lowered = lower(graph, blockedTarget)
      expect(lowered.nodes.filter(node => isTrainingOp(node.opType))).toEqual([])
      const outputs = await runGraph(lowered, feeds)
      const fixture = operatorFixture(operatorCase)
      expect(Object.keys(outputs)).toEqual(Object.keys(fixture))
      for (const [name, wanted] of Object.entries(fixture))
        expect(relativeError(outputs[name]!, wanted), name).toBeLessThanOrEqual(1e-5)
    })
  }
})
