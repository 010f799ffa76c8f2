import type { BlockSize } from '../../src/lowering/blocked/layout.js'
import type { Graph } from '../../src/onnx/graph.js'
import { findOp, resolveAttributes } from '../../src/onnx/op-table.js'
import { blockedKernels } from './interpreter/blocked-kernels.js'
import { type Attributes, type Float, type Kernel, plainKernels } from './interpreter/plain-kernels.js'

/**
 * Computes a graph of single-precision values in plain JavaScript, ONNX Runtime's operators on blocked pictures among them: for block
 * sizes that the processor at hand does not have. Slow; knows the operators that blocked training graphs hold and no others.
 */
export function interpretGraph(
  graph: Graph,
  feeds: Readonly<Record<string, Float>>,
  block: BlockSize,
): Record<string, Float> {
  const values = new Map<string, Float>(Object.entries(feeds))
  for (const [name, { dims, data }] of graph.initializers)
    values.set(name, { dims, data: Float32Array.from(data as ArrayLike<number | bigint>, Number) })
  const kernels: Record<string, Kernel> = { ...plainKernels, ...blockedKernels(block) }
  for (const node of graph.nodes) {
    const key = node.domain === '' ? node.opType : `nchwc.${node.opType}`
    const kernel = kernels[key]
    if (!kernel) throw new Error(`the interpreter has no ${key}`)
    const inputs = node.inputs.map(name => (name === '' ? null : values.get(name)!))
    const attributes = resolveAttributes(findOp(node.domain, node.opType)!, node.attributes) as Attributes
    const result = kernel(inputs as Float[], attributes)
    const outputs = Array.isArray(result) ? result : [result]
    node.outputs.forEach((name, i) => {
      const declared = graph.values.get(name)!.shape
      if (outputs[i]!.dims.join() !== declared.join())
        throw new Error(`${key} "${node.name}" gives [${outputs[i]!.dims}], declared as [${declared}]`)
      values.set(name, outputs[i]!)
    })
  }
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, values.get(name)!]))
}
