import { differentiate, gradientName } from '../../src/autodiff/differentiate.js'
import { buildNetwork, type NetworkConfig } from '../../src/nn/network.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import type { Graph } from '../../src/onnx/graph.js'
import { specialize } from '../../src/onnx/rewrite.js'

/** A network's training graph as a lowering gets it, and the names of what it gives. */
export interface TrainingGraph {
  readonly graph: Graph
  /** Output names by parameter. */
  readonly gradients: ReadonlyMap<string, string>
  /** Output names of new running statistics, by the statistic's name. */
  readonly running: ReadonlyMap<string, string>
}

/** The training graph of a network for some batch size: its outputs, all gradients, all running statistics. */
export function buildTrainingGraph(config: NetworkConfig, sizes: Readonly<Record<string, number>>): TrainingGraph {
  const network = buildNetwork(config, 'train')
  const names = network.specs.filter(spec => spec.trainable).map(spec => spec.name)
  const b = GraphBuilder.from(differentiate(network.graph, 'loss', names))
  const running = network.graph.nodes
    .filter(node => node.opType === 'BatchNormInternal')
    .flatMap(node => [3, 4].map(i => [node.inputs[i]!, node.outputs[i - 2]!] as const))
  const gradients = names.map(name => [name, gradientName(name)] as const)
  for (const { name } of network.graph.outputs) b.output(b.value(name))
  for (const [, output] of [...gradients, ...running]) b.output(b.value(output))
  return { graph: specialize(b.build(), sizes), gradients: new Map(gradients), running: new Map(running) }
}
