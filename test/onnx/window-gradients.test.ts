import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.js'

const refused = (what: string) => expect.objectContaining({ code: 'E_SHAPE', message: expect.stringContaining(what) })

describe('gradients of windows', () => {
  const b = new GraphBuilder('windows')
  const x = b.input('x', 'float32', ['N', 2, 8, 8])
  const w = b.input('w', 'float32', [4, 2, 3, 3])
  const dy = b.input('dy', 'float32', ['N', 4, 4, 4])
  const declared = [{ type: 'float32', shape: ['N', 4, 8, 8] }] as const

  it('take a dY of the size that the forward window gives', () => {
    expect(b.emit('ConvGrad', [dy, x, w], { strides: [2, 2], pads: [1, 1, 1, 1] }).shape).toEqual(['N', 2, 8, 8])
    const pool = { kernel_shape: [2, 2], strides: [2, 2] }
    expect(b.emit('AveragePoolGrad', [dy], pool, { declared }).shape).toEqual(['N', 4, 8, 8])
  })

  it('refuse one of another size, auto_pad and ceil_mode', () => {
    expect(() => b.emit('ConvGrad', [dy, x, w])).toThrow(refused('spatial size [6,6]'))
    expect(() => b.emit('ConvGrad', [dy, x, w], { auto_pad: 'SAME_UPPER' })).toThrow(refused('auto_pad'))
    expect(() => b.emit('AveragePoolGrad', [dy], { kernel_shape: [3, 3] }, { declared })).toThrow(refused('size [6,6]'))
    const rounded = { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }
    expect(() => b.emit('AveragePoolGrad', [dy], rounded, { declared })).toThrow(refused('ceil_mode 0'))
  })
})
