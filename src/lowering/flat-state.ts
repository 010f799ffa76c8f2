import { expected } from '../errors.js'
import { GraphBuilder } from '../onnx/builder.js'
import type { Graph, Node, Value } from '../onnx/graph.js'

/** Where a tensor lies within a flat vector. */
export interface FlatEntry {
  readonly name: string
  readonly shape: readonly number[]
}

/** A float32 vector that holds several tensors end to end, in order. */
export interface FlatVector {
  readonly name: string
  readonly entries: readonly FlatEntry[]
}

export interface FlatStateOptions {
  /** Vectors of parameters that are trained. */
  readonly parameters: readonly FlatVector[]
  /** Vectors of running statistics, frozen parameters and everything else that is fed and not trained. */
  readonly frozen: readonly FlatVector[]
}

/** The values of a flattened graph that a session feeds and fetches, by vector name. */
export const flatNames = {
  vector: (name: string): string => `${name}.flat`,
  accumulation: (name: string): string => `${name}.accumulation`,
  gradients: (name: string): string => `${name}.gradients`,
  /** Running statistics after the step. */
  updated: (name: string): string => `${name}.updated`,
} as const

/**
 * Rewrites a training or eval graph so that its state enters and leaves as a few flat vectors instead of hundreds of tensors.
 *
 * Inputs: the user's, `lazy_reset_grad` where the graph accumulates, `V.flat` for each vector, `V.accumulation` for each vector of
 * parameters. Outputs: the user's, `V.gradients` (the buffer after accumulation) for each vector of parameters, and `V.updated` for each
 * frozen vector with running statistics that batch-norms in training form move. The gradient accumulators become one per vector.
 *
 * @throws E_CONFIG where a parameter has no accumulator in a graph that has others
 */
export function flattenState(graph: Graph, options: FlatStateOptions): Graph {
  const b = new GraphBuilder(graph.name)
  const vectors = [...options.parameters, ...options.frozen]
  const flat = new Set(vectors.flatMap(vector => vector.entries.map(entry => entry.name)))
  const accumulators = graph.nodes.filter(node => node.opType === 'InPlaceAccumulatorV2')
  const buffers = new Set(accumulators.map(node => node.inputs[0]!))
  const flags = new Set(accumulators.map(node => node.outputs[0]!))
  for (const input of graph.inputs) {
    if (!flat.has(input.name) && !buffers.has(input.name)) b.input(input.name, input.type, input.shape)
  }
  for (const [name, value] of graph.initializers) b.initializer(name, value)
  for (const vector of vectors) unpackVector(b, vector)
  const dropped = new Set(accumulators)
  for (const node of graph.nodes) if (!dropped.has(node)) b.copyNode(node, graph)
  for (const output of graph.outputs) if (!flags.has(output.name)) b.output(b.value(output.name))
  if (accumulators.length > 0) for (const vector of options.parameters) accumulateVector(b, vector, accumulators)
  for (const vector of options.frozen) updateFrozen(b, vector, graph.nodes)
  return b.build(graph.metadata)
}

/** Declares the vector as an input and cuts it into tensors that bear the entries' names. */
function unpackVector(b: GraphBuilder, { name, entries }: FlatVector): void {
  const sizes = entries.map(entry => size(entry))
  const vector = b.input(flatNames.vector(name), 'float32', [sizes.reduce((sum, length) => sum + length, 0)])
  b.scope(name, () => {
    const isVector = (entry: FlatEntry): boolean => entry.shape.length === 1
    const outputs = entries.map(entry => (isVector(entry) ? entry.name : `${entry.name}.flat`))
    const parts = b.emitAll('Split', [vector, b.ints(sizes)], { axis: 0 }, entries.length, { outputs })
    entries.forEach((entry, i) => {
      if (!isVector(entry)) b.emit('Reshape', [parts[i]!, b.ints(entry.shape)], {}, { outputs: [entry.name] })
    })
  })
}

/** One accumulator for the whole vector: its value is the gradients end to end. */
function accumulateVector(b: GraphBuilder, vector: FlatVector, accumulators: readonly Node[]): void {
  const gradientOf = new Map(
    accumulators.map(node => [node.inputs[0]!.replace(/_grad\.accumulation\.buffer$/, ''), node]),
  )
  b.scope(vector.name, () => {
    const gradients = vector.entries.map(entry => {
      const accumulator = gradientOf.get(entry.name)
      if (!accumulator) throw expected('E_CONFIG', 'a gradient accumulator', 'each trainable parameter', entry.name)
      return flatten(b, b.value(accumulator.inputs[1]!))
    })
    const total = b.emit('Concat', gradients, { axis: 0 })
    const buffer = b.input(flatNames.accumulation(vector.name), 'float32', total.shape)
    const resetFlag = b.value(accumulators[0]!.inputs[2]!)
    const outputs = [`${flatNames.accumulation(vector.name)}.flag`, flatNames.gradients(vector.name)]
    b.output(b.emitAll('InPlaceAccumulatorV2', [buffer, total, resetFlag], {}, 2, { outputs })[1]!)
  })
}

/** Running statistics are what BatchNormInternal gives as outputs 1 and 2 for its inputs 3 and 4; the rest stays as it was. */
function updateFrozen(b: GraphBuilder, vector: FlatVector, nodes: readonly Node[]): void {
  const updates = new Map<string, string>()
  for (const node of nodes) {
    if (node.opType !== 'BatchNormInternal') continue
    updates.set(node.inputs[3]!, node.outputs[1]!)
    updates.set(node.inputs[4]!, node.outputs[2]!)
  }
  if (!vector.entries.some(entry => updates.has(entry.name))) return
  const parts = vector.entries.map(entry => flatten(b, b.value(updates.get(entry.name) ?? entry.name)))
  b.output(b.emit('Concat', parts, { axis: 0 }, { outputs: [flatNames.updated(vector.name)] }))
}

function flatten(b: GraphBuilder, value: Value): Value {
  return value.shape.length === 1 ? value : b.emit('Reshape', [value, b.ints([-1])])
}

/** The number of elements of an entry. */
function size(entry: FlatEntry): number {
  return entry.shape.reduce((product, dim) => product * dim, 1)
}
