import { describe, expect, it } from 'vitest'
import { gradCheck } from '../support/grad-check.js'
import { specFamilies } from './specs/index.js'

describe('every gradient, lowered and run, equals differences', () => {
  for (const [family, specs] of Object.entries(specFamilies)) {
    describe(family, () => {
      for (const spec of specs) it(spec.name, async () => expect(await gradCheck(spec)).toBeUndefined())
    })
  }
})
