import { describe, expect, it } from 'vitest'
import type { GradientTable } from '../../src/autodiff/rule.js'
import { gradientRules } from '../../src/autodiff/rules/index.js'
import { opTable } from '../../src/onnx/op-table.js'

describe('the table of gradients', () => {
  it('does not compile without one of the operators', () => {
    const { Conv: _, ...rest } = gradientRules
    // @ts-expect-error: Conv is missing
    const incomplete: GradientTable = rest
    expect(incomplete.Conv).toBeUndefined()
  })

  it('does not compile with a rule for other attributes', () => {
    const wrong: GradientTable = {
      ...gradientRules,
      // @ts-expect-error: Relu has no alpha
      Relu: ({ attributes, dy }) => (attributes.alpha > 0 ? [dy] : [null]),
    }
    expect(wrong.Relu).not.toBe(gradientRules.Relu)
  })

  it('has an entry for each operator, and a reason for each without a rule', () => {
    expect(Object.keys(gradientRules).sort()).toEqual(Object.keys(opTable).sort())
    for (const entry of Object.values(gradientRules)) {
      if (typeof entry !== 'function') expect(entry.reason.length).toBeGreaterThan(10)
    }
  })
})
