import { describe, expect, it } from 'vitest'
import { gradientRules } from '../../src/autodiff/rules/index.js'
import { lower } from '../../src/lowering/lower.js'
import { blockedDomain } from '../../src/onnx/ops/blocked.js'
import { allSpecs } from '../autodiff/specs/index.js'
import { blockedSuite, blockedTarget, blockSize } from '../support/blocked-runtime.js'
import { gradCheck, sizedBackwardGraph } from '../support/grad-check.js'

/** The functions whose graphs have something in the layout; the others are the standard target's. */
const blockedSpecs = allSpecs.filter(spec =>
  lower(sizedBackwardGraph(spec), blockedTarget).nodes.some(node => node.domain === blockedDomain),
)

describe.skipIf(!blockSize)(`${blockedSuite}: every gradient, lowered and run, equals differences`, () => {
  it('is in the layout at all', () => expect(blockedSpecs.length).toBeGreaterThan(40))

  for (const spec of blockedSpecs)
    it(spec.name, async () => expect(await gradCheck(spec, gradientRules, blockedTarget)).toBeUndefined())
})
