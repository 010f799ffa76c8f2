import { describe, expect, it } from 'vitest'
import { createBlockedTarget } from '../../src/lowering/blocked/index.js'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import type { Tensor } from '../../src/tensor.js'
import { buildTrainingProbe, largestDifference } from '../../src/training/session/training-probe.js'
import { interpretGraph } from '../support/interpret-graph.js'
import type { Float } from '../support/interpreter/plain-kernels.js'
import { runGraph } from '../support/run-graph.js'

describe.each([8, 16] as const)('blocks of %i channels', block => {
  it('hold a training graph whose gradients are those of the standard target', async () => {
    const { graph, feeds } = buildTrainingProbe()
    const wanted = await runGraph(lower(graph, standardTarget), feeds)
    const found = interpretGraph(lower(graph, createBlockedTarget(block)), feeds as Record<string, Float>, block)
    expect(largestDifference(found as unknown as Record<string, Tensor>, wanted)).toBeLessThan(1e-5)
  })
})
