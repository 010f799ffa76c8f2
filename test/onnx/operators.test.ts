import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Graph, Value } from '../../src/onnx/graph.js'
import { opTable } from '../../src/onnx/op-table.js'
import { specialize } from '../../src/onnx/rewrite.js'
import { Random } from '../../src/prng.js'
import { createArray, type DataType, elementCount, type Tensor } from '../../src/tensor.js'
import { runGraph } from '../support/run-graph.js'
import { type PortableOp, type RuntimeCase, runtimeCases, symbolSizes } from '../support/runtime-cases.js'

/** A graph of the one node, every output an output. */
function graphOf(op: PortableOp, { inputs, attributes = {}, outputs = 1 }: RuntimeCase): Graph {
  const b = new GraphBuilder(op)
  const values = inputs.map((input, i): Value | null => {
    if (input === null) return null
    return 'data' in input ? b.constant(input) : b.input(`input_${i}`, input.type, input.shape)
  })
  const given = b.emitAll(op, values, attributes as never, outputs)
  for (const [i, value] of given.entries()) b.output(value!, `output_${i}`)
  return b.build()
}

/** Small positive numbers: within the domain of every function here, and within every axis where they are indices. */
function feed(type: DataType, dims: readonly number[]): Tensor {
  const random = Random.from('operators', type, ...dims)
  const data = createArray(type, elementCount(dims))
  for (let i = 0; i < data.length; i++) {
    data[i] =
      type === 'int64' ? BigInt(1 + random.integer(2)) : type === 'bool' ? random.integer(2) : random.between(0.1, 0.9)
  }
  return { type, dims, data }
}

function describeCase({ inputs, attributes = {}, outputs = 1 }: RuntimeCase): string {
  const types = inputs.map(
    input => input && `${input.type}[${'data' in input ? `${input.dims}]=${input.data}` : `${input.shape}]`}`,
  )
  const list = Object.entries(attributes).map(
    ([name, value]) => `${name}=${typeof value === 'object' && 'dims' in value ? 'tensor' : value}`,
  )
  return `(${types.join(', ')}) ${list.join(' ')}${outputs > 1 ? ` -> ${outputs}` : ''}`
}

const typesOf = (values: readonly { type: string; shape: readonly unknown[] }[]): string[] =>
  values.map(({ type, shape }) => `${type}[${shape}]`)

describe('the type and shape of what an operator gives are those that ONNX Runtime gives', () => {
  for (const [op, cases] of Object.entries(runtimeCases) as [PortableOp, readonly RuntimeCase[]][]) {
    it(op, async () => {
      expect(cases.length).toBeGreaterThan(0)
      for (const runtimeCase of cases) {
        const symbolic = graphOf(op, runtimeCase)
        const graph = specialize(symbolic, symbolSizes)
        const feeds = graph.inputs.map(({ name, type, shape }) => [name, feed(type, shape as number[])] as const)
        // The symbolic graph runs, so that the runtime checks the declared symbols too.
        const results = await runGraph(symbolic, Object.fromEntries(feeds))
        const runtime = graph.outputs.map(({ name }) => ({ type: results[name]!.type, shape: results[name]!.dims }))
        expect(typesOf(graph.outputs), describeCase(runtimeCase)).toEqual(typesOf(runtime))
        expect(symbolic.outputs.map(output => output.shape.length)).toEqual(runtime.map(({ shape }) => shape.length))
      }
    })
  }
})

describe('the table of operators', () => {
  it('names inputs and outputs so that optional and repeating ones come last', () => {
    for (const [op, { inputs, outputs }] of Object.entries(opTable)) {
      for (const names of [inputs, outputs] as (readonly string[])[]) {
        expect(
          names.slice(0, -1).filter(name => name.endsWith('...')),
          op,
        ).toEqual([])
        expect(new Set(names).size, op).toBe(names.length)
      }
    }
  })
})
