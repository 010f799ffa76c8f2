import { describe, expect, it } from 'vitest'
import { blockSizeProbe, readBlockSize } from '../../src/lowering/blocked/block-size.js'
import { type Tensor, tensor } from '../../src/tensor.js'
import { chooseLowering } from '../../src/training/session/choose-lowering.js'
import { buildTrainingProbe, largestDifference } from '../../src/training/session/training-probe.js'
import { blockSize } from '../support/blocked-runtime.js'
import { toBlockedOrder } from '../support/interpreter/blocked-kernels.js'
import type { Float } from '../support/interpreter/plain-kernels.js'

describe('the block size', () => {
  const { x } = blockSizeProbe.feeds as Record<string, Float>

  it.each([8, 16] as const)('%i is read from the order of the probe', block => {
    expect(readBlockSize(toBlockedOrder(x!, block) as unknown as Tensor)).toBe(block)
  })

  it('is none where the order is another', () => {
    expect(readBlockSize(blockSizeProbe.feeds.x!)).toBeNull()
    expect(readBlockSize(toBlockedOrder(x!, 4) as unknown as Tensor)).toBeNull()
    const spoiled = toBlockedOrder(x!, 16)
    spoiled.data[31] = 0
    expect(readBlockSize(spoiled as unknown as Tensor)).toBeNull()
  })
})

describe('the lowering', () => {
  it('is standard where that is asked for', async () => {
    expect((await chooseLowering('standard')).name).toBe('standard')
  })

  it('is blocked where the runtime has the layout, and refused where it does not', async () => {
    expect((await chooseLowering('auto')).name).toBe(blockSize ? 'blocked' : 'standard')
    const forced = chooseLowering('blocked')
    if (blockSize) expect((await forced).name).toBe('blocked')
    else await expect(forced).rejects.toMatchObject({ code: 'E_CONFIG' })
  })

  it('is not trusted with a gradient that is off by a thousandth', () => {
    const { feeds } = buildTrainingProbe()
    const wanted = { a: feeds.x!, b: tensor('float32', [1], Float32Array.of(1)) }
    const off = { ...wanted, a: { ...feeds.x!, data: (feeds.x!.data as Float32Array).map(value => value * 1.001) } }
    expect(largestDifference(wanted, wanted)).toBe(0)
    expect(largestDifference(off, wanted)).toBeGreaterThan(1e-4)
  })
})
