import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { checkGraph } from '../../src/onnx/check.js'
import { renameValues } from '../../src/onnx/rename.js'
import { tensor } from '../../src/tensor.js'

function graph() {
  const b = new GraphBuilder('names')
  const w = b.initializer('w', tensor('float32', [2], Float32Array.of(1, 2)))
  const y = b.emit('Mul', [b.input('x', 'float32', ['P', 2]), w], {}, { outputs: ['y'] })
  b.output(b.emit('Relu', [y], {}, { outputs: ['z'] }))
  return b.build()
}

describe('renaming values', () => {
  it('changes names wherever they occur and nothing else', () => {
    const renamed = renameValues(graph(), new Map(Object.entries({ x: 'a', w: 'b', y: 'c', z: 'd' })))
    checkGraph(renamed)
    expect(renamed.inputs).toEqual([{ name: 'a', type: 'float32', shape: ['P', 2] }])
    expect([...renamed.initializers.keys()]).toEqual(['b'])
    expect(renamed.nodes.map(node => [node.name, ...node.inputs, ...node.outputs])).toEqual([
      ['Mul', 'a', 'b', 'c'],
      ['Relu', 'c', 'd'],
    ])
    expect(renamed.outputs.map(output => output.name)).toEqual(['d'])
    expect(graph().outputs[0]!.name).toBe('z')
  })

  it('swaps names, and refuses to give two values one', () => {
    const swapped = renameValues(graph(), new Map(Object.entries({ y: 'z', z: 'y' })))
    expect(swapped.outputs[0]!.name).toBe('y')
    expect(() => renameValues(graph(), new Map([['y', 'z']]))).toThrow('but received "z"')
  })
})
