import { type Graph, localDomain, type Node } from '../../../onnx/graph.js'
import { isPointwise } from '../weight-gradient.js'
import { type BatchNormGroup, batchNormGroup, isWanted } from './batch-norm-group.js'
import { GraphIndex, replaceNodes } from './graph-index.js'

/** 1x1 convolutions to at least this many times as many channels take their statistics from the input's covariance. */
const expansion = 2

/** GramConvBatchNorm in place of a 1x1 convolution to many more channels, its batch-norm and activation. */
export function fuseGramBatchNorm(graph: Graph): Graph {
  return fuse(graph, isExpansion, gramNodes)
}

/** ConvBatchNorm in place of any other convolution, its batch-norm and activation. */
export function fuseConvBatchNorm(graph: Graph): Graph {
  return fuse(graph, () => true, convNodes)
}

function isExpansion({ shape }: BatchNormGroup): boolean {
  return isPointwise(shape) && shape.w[0]! >= expansion * shape.w[1]!
}

/** The nodes that take the place of a group's. */
interface FusedNodes {
  readonly forward: Node
  readonly backward: Node | null
}

function fuse(
  graph: Graph,
  fits: (group: BatchNormGroup) => boolean,
  build: (index: GraphIndex, group: BatchNormGroup) => FusedNodes,
): Graph {
  const index = new GraphIndex(graph)
  const replacements = new Map<Node, readonly Node[]>()
  for (const node of graph.nodes) {
    const group = node.opType === 'BatchNormInternal' ? batchNormGroup(index, node) : null
    if (!group || !fits(group)) continue
    const { forward, backward } = build(index, group)
    replacements.set(group.conv, []).set(group.norm, [forward])
    if (group.activationNode) replacements.set(group.activationNode, [])
    if (!group.backward) continue
    const { activationGrad, normGrad, convGrad } = group.backward
    replacements.set(normGrad, [backward!]).set(convGrad, [])
    if (activationGrad) replacements.set(activationGrad, [])
  }
  return replaceNodes(graph, replacements)
}

function convNodes(index: GraphIndex, group: BatchNormGroup): FusedNodes {
  const { conv, norm } = group
  const saved = savedNames(index, group, ['centered', 'saved_mean', 'saved_inv_std'])
  const [centered, mean, inverse] = saved
  const inputs = [dyOf(group), ...conv.inputs, norm.inputs[1]!, norm.inputs[2]!, centered!, mean!, inverse!, yOf(group)]
  return {
    forward: forwardNode('ConvBatchNorm', group, saved, conv.attributes),
    backward: backwardNode('ConvBatchNormGrad', index, group, inputs, conv.attributes),
  }
}

function gramNodes(index: GraphIndex, group: BatchNormGroup): FusedNodes {
  const { conv, norm, activation } = group
  const names = ['shifted', 'saved_mean', 'saved_inv_std', 'weighted', 'activated']
  const saved = savedNames(index, group, names)
  const [activated] = saved.slice(-1)
  const source = activation === 'HardSwish' ? activated! : yOf(group)
  const inputs = [dyOf(group), conv.inputs[1]!, norm.inputs[1]!, ...saved.slice(0, -1), source]
  return {
    forward: forwardNode('GramConvBatchNorm', group, saved),
    backward: backwardNode('GramConvBatchNormGrad', index, group, inputs),
  }
}

function savedNames(index: GraphIndex, group: BatchNormGroup, names: readonly string[]): readonly string[] {
  return names.map(name => index.freshName(`${yOf(group)}.${name}`))
}

/** The result of the group. */
function yOf({ norm, activationNode }: BatchNormGroup): string {
  return (activationNode ?? norm).outputs[0]!
}

/** The gradient of the group's result. */
function dyOf({ backward }: BatchNormGroup): string {
  return (backward?.activationGrad ?? backward?.normGrad)?.inputs[0] ?? ''
}

function forwardNode(
  opType: string,
  group: BatchNormGroup,
  saved: readonly string[],
  attributes: Node['attributes'] = {},
): Node {
  const { conv, norm, activation } = group
  const { epsilon, momentum } = norm.attributes
  return {
    name: norm.name,
    opType,
    domain: localDomain,
    inputs: [...conv.inputs, ...norm.inputs.slice(1)],
    outputs: [yOf(group), norm.outputs[1] ?? '', norm.outputs[2] ?? '', ...saved],
    attributes: { ...attributes, ...given({ epsilon, momentum }), activation },
  }
}

function backwardNode(
  opType: string,
  index: GraphIndex,
  { backward, activation }: BatchNormGroup,
  inputs: readonly string[],
  attributes: Node['attributes'] = {},
): Node | null {
  if (!backward) return null
  const { normGrad, convGrad } = backward
  const outputs = [...convGrad.outputs.slice(0, 2), ...normGrad.outputs.slice(1)]
  return {
    name: normGrad.name,
    opType,
    domain: localDomain,
    inputs,
    outputs: outputs.map(output => (isWanted(index, output) ? output : '')),
    attributes: { ...attributes, activation },
  }
}

/** The attributes that a node states. */
function given(attributes: Record<string, Node['attributes'][string] | undefined>): Node['attributes'] {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Node['attributes']
}
